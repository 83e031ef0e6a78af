import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  blobValue,
  DuckDBIntervalValue,
  DuckDBTimestampValue,
  listValue,
  mapValue,
  structValue,
} from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTypeName } from '../../../../engine/dialect/index.ts';
import { columnInfo } from '../../../../localstack/athena/results/columns.ts';
import { csvLine } from '../../../../localstack/athena/results/csv.ts';
import { readPage, type TextRow } from '../../../../localstack/athena/results/stored-result.ts';
import { javaText, textOf } from '../../../../localstack/athena/results/text.ts';

describe('values as text', () => {
  it.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [-0, '-0.0'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [1.5e300, '1.5E300'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes the double %d as Java does', (value, text) => {
    expect(textOf(value, { kind: 'double' })).toBe(text);
  });

  it('loses no digit of a double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(javaText(value, String(Math.abs(value))))).toBe(value);
      }),
    );
  });

  it('writes a real with the digits of a 32-bit float', () => {
    expect(textOf(Math.fround(0.1), { kind: 'real' })).toBe('0.1');
  });

  it('writes timestamps before 1970 and cuts them to the type’s digits', () => {
    const value = new DuckDBTimestampValue(-1n);
    expect(textOf(value, parseTypeName('timestamp(6)'))).toBe('1969-12-31 23:59:59.999999');
    expect(textOf(value, parseTypeName('timestamp'))).toBe('1969-12-31 23:59:59.999');
    expect(textOf(value, parseTypeName('timestamp(0)'))).toBe('1969-12-31 23:59:59');
  });

  it('writes intervals', () => {
    expect(textOf(new DuckDBIntervalValue(0, 1, 3_723_004_000n), { kind: 'interval_day' })).toBe('1 01:02:03.004');
    expect(textOf(new DuckDBIntervalValue(0, -1, 0n), { kind: 'interval_day' })).toBe('-1 00:00:00.000');
    expect(textOf(new DuckDBIntervalValue(-14, 0, 0n), { kind: 'interval_year' })).toBe('-1-2');
  });

  it('writes nested values and binary ones', () => {
    const type = parseTypeName('array(row(a integer, b double))');
    expect(textOf(listValue([structValue({ a: 1, b: 2 }), null]), type)).toBe('[{a=1, b=2.0}, null]');
    expect(textOf(mapValue([{ key: 'k', value: true }]), parseTypeName('map(varchar, boolean)'))).toBe('{k=true}');
    expect(textOf(blobValue(new Uint8Array([0, 255])), { kind: 'varbinary' })).toBe('00 ff');
  });
});

describe('result files', () => {
  it('quotes every value but null', () => {
    expect(csvLine(['a', null, '', 'say "hi",\nplease'])).toBe('"a",,"","say ""hi"",\nplease"\n');
  });

  it('gives the same rows in pages of any size', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pages-'));
    const file = join(folder, 'rows');
    const cell = fc.option(fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell)), fc.integer({ min: 1, max: 5 }), async (rows, size) => {
        await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        const read: TextRow[] = [];
        let next: number | undefined = 0;
        while (next !== undefined) {
          const page = await readPage({ columns: [], file }, next, size);
          expect(page.rows.length).toBeLessThanOrEqual(size);
          read.push(...page.rows);
          next = page.next;
        }
        expect(read).toEqual(rows);
      }),
      { numRuns: 50 },
    );
    await rm(folder, { recursive: true });
  });

  it.each([
    ['varchar', 'varchar', 2_147_483_647, 0],
    ['varchar(5)', 'varchar', 5, 0],
    ['decimal(18,2)', 'decimal', 18, 2],
    ['bigint', 'bigint', 19, 0],
    ['timestamp(3) with time zone', 'timestamp with time zone', 3, 0],
    ['array<string>', 'array', 0, 0],
    ['real', 'float', 17, 0],
  ])('describes %s', (type, name, precision, scale) => {
    const info = columnInfo({ name: 'x', type: parseTypeName(type) });
    expect([info.Type, info.Precision, info.Scale]).toEqual([name, precision, scale]);
  });
});
