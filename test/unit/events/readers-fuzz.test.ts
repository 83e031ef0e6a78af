import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { contracts } from '../../../events/contracts/index.ts';
import { FileRefusal } from '../../../events/readers/refusal.ts';
import { UtcMicros, WallClock } from '../../../events/validator/instant.ts';
import { columnLayout, objectLayout } from '../../../events/validator/layout.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';
import { readSourceFile } from '../../fixtures/read-source-file.ts';
import { workbookOf } from '../../fixtures/workbook.ts';

const EXTENSIONS = ['csv', 'tsv', 'json', 'ndjson', 'parquet', 'xlsx'] as const;
const records = Array.from({ length: 50 }, (_, at) => ({
  id: `id ${at}`,
  amount: at / 4,
  text: 'é"\n,;'.repeat(at % 5),
}));
const quoted = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
const csv = ['id,amount,text', ...records.map((record) => Object.values(record).map(quoted).join(','))].join('\n');
/** A good file of each kind. */
const GOOD: Readonly<Record<(typeof EXTENSIONS)[number], Uint8Array>> = {
  csv: Buffer.from(csv),
  tsv: Buffer.from(csv.replaceAll(',', '\t')),
  json: Buffer.from(JSON.stringify(records)),
  ndjson: Buffer.from(records.map((record) => JSON.stringify(record)).join('\n')),
  parquet: new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: records.map(({ id }) => id), type: 'STRING' },
        { name: 'amount', data: records.map(({ amount }) => amount), type: 'DOUBLE' },
        { name: 'text', data: records.map(({ text }) => text), type: 'STRING' },
      ],
      rowGroupSize: 20,
    }),
  ),
  xlsx: workbookOf(records),
};

/** Whether the file was read or refused; anything else is thrown. */
async function outcome(name: string, content: Uint8Array, size: number): Promise<'read' | 'refused'> {
  try {
    await readSourceFile(name, content, { size });
    return 'read';
  } catch (thrown) {
    if (thrown instanceof FileRefusal) return 'refused';
    throw thrown;
  }
}

/** Somewhere in a file, other bytes in the place of some. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  length: fc.nat(20),
  bytes: fc.uint8Array({ maxLength: 20 }),
});

function damaged(content: Uint8Array, places: readonly { at: number; length: number; bytes: Uint8Array }[]): Buffer {
  let bytes = Buffer.from(content);
  for (const { at, length, bytes: other } of places) {
    const start = Math.floor(at * bytes.length);
    bytes = Buffer.concat([bytes.subarray(0, start), other, bytes.subarray(start + length)]);
  }
  return bytes;
}

describe.each(EXTENSIONS)('a file named .%s', (extension) => {
  it('of any bytes is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 64 }), async (bytes, size) => {
        const head = extension === 'parquet' ? 'PAR1' : extension === 'xlsx' ? 'PK\x03\x04' : '';
        for (const content of [bytes, Buffer.concat([Buffer.from(head, 'latin1'), bytes])]) {
          expect(await outcome(`a.${extension}`, content, size)).toMatch(/read|refused/);
          expect(await outcome(`a.${extension}.gz`, content, size)).toMatch(/read|refused/);
          expect(await outcome(`a.${extension}.gz`, gzipSync(content), size)).toMatch(/read|refused/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that was damaged is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (places) => {
        const content = damaged(GOOD[extension], places);
        expect(await outcome(`a.${extension}`, content, 1000)).toMatch(/read|refused/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a record of any shape', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.jsonValue() },
    fc.bigInt(),
    fc.double(),
    fc.constant(undefined),
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((micros) => new UtcMicros(micros % 8_000_000_000_000_000n)),
    fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((micros) => new WallClock(micros % 8_000_000_000_000_000n)),
    fc.constantFrom('1,234.5', '2026-03-29T01:30:00', '12/1/2010 8:26', '9'.repeat(400), '-', '+', '.', 'e5'),
  );

  it.each(contracts.map((contract) => [contract.source, contract] as const))(
    'is accepted or refused by %s',
    (_, contract) => {
      const names = Object.entries(contract.fields).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
      const key = fc.oneof(fc.constantFrom(...names), fc.string());
      const layout = objectLayout(contract);
      const batch = new RowBatch(contract, 1);
      fc.assert(
        fc.property(fc.array(fc.tuple(key, value)), (entries) => {
          const record = Object.fromEntries(entries);
          const problems = batch.push(layout.values(record));
          expect(batch.length).toBe(problems.length === 0 ? 1 : 0);
          batch.clear();
          layout.extra(record);
          const columns = Object.keys(record);
          const row = columnLayout(contract, columns);
          batch.push(row.values(Object.values(record)));
          batch.clear();
          row.extra(Object.values(record));
        }),
        { numRuns: 200 },
      );
    },
  );
});
