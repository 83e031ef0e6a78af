import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readFile } from '../../../events/readers/read-file.ts';
import { UtcMicros } from '../../../events/validator/instant.ts';
import { readSourceFile, refusalOf } from '../../fixtures/read-source-file.ts';

const MIB = 1024 * 1024;

const read = (name: string, content: string | Uint8Array, size?: number) =>
  readSourceFile(name, content, size === undefined ? {} : { size });
const refusal = refusalOf;

describe('CSV', () => {
  it('reads quoted fields, escaped quotes, line feeds in fields, CRLF, blank lines and a byte order mark', async () => {
    const { columns, records } = await read('a.csv', '\ufeffa, b\r\n1,"x, ""y"""\r\n\r\n"2\n3",z\r\n');
    expect(columns).toEqual(['a', 'b']);
    expect(records).toEqual([
      ['1', 'x, "y"'],
      ['2\n3', 'z'],
    ]);
  });

  it('keeps a quote that does not begin a field', async () => {
    expect((await read('a.csv', 'a,b\n5" pipe,2\n"x",3')).records).toEqual([
      ['5" pipe', '2'],
      ['x', '3'],
    ]);
  });

  it('refuses rows with too few or too many fields', async () => {
    expect((await read('a.csv', 'a,b\n1\n1,2,3\n4,5\n')).refused).toEqual([
      ['wrong_field_count', '1'],
      ['wrong_field_count', '1,2,3'],
    ]);
  });

  it('refuses broken quotes by their line and goes on with the next', async () => {
    const { records, refused } = await read('a.csv', 'a,b\n1,"x"y\n2,z\n3,"never closed\n4,w\n');
    expect(refused).toEqual([
      ['malformed_quotes', '1,"x"y'],
      ['malformed_quotes', '3,"never closed'],
    ]);
    expect(records).toEqual([
      ['2', 'z'],
      ['4', 'w'],
    ]);
  });

  it('refuses bytes that are not UTF-8 by row', async () => {
    const latin1 = Buffer.from('a,b\n1,caf\xe9\n2,ok\n', 'latin1');
    const { records, refused } = await read('a.csv', latin1);
    expect(refused).toEqual([['invalid_utf8', '1,caf\ufffd']]);
    expect(records).toEqual([['2', 'ok']]);
    expect((await read('a.csv', 'a\ncafé\n')).records).toEqual([['café']]);
  });

  it.each([1000, 65_536, 4 * MIB])(
    'refuses a line over 1 MiB and reads the rest, in pieces of %i bytes',
    async (piece) => {
      const long = 'x'.repeat(2 * MIB);
      const { records, refused } = await read('a.csv', `a,b\n1,2\n${long},2\n"3",4\n5,"${long}"\n6,7`, piece);
      expect(refused.map(([code, raw]) => [code, raw.length])).toEqual([
        ['line_too_long', 65_536],
        ['line_too_long', 65_536],
      ]);
      expect(records).toEqual([
        ['1', '2'],
        ['3', '4'],
        ['6', '7'],
      ]);
    },
  );

  it('gives the same rows however it is cut into pieces', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', '\r', ' ') });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, size) => {
          const file = `a,b\n${rows.map((row) => row.map(quote).join(',')).join('\n')}`;
          expect((await read('a.csv', file, size)).records).toEqual(rows);
        },
      ),
    );
  });

  it('accounts for every line of any bytes, in pieces of any size', async () => {
    const bytes = fc.array(fc.oneof(fc.constantFrom(...Buffer.from('"",\n\r a')), fc.nat(255)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 20 }), async (content, size) => {
        const { records, refused } = await read('a.csv', Buffer.from([...Buffer.from('a\n'), ...content]), size);
        const text = Buffer.from(content).toString('latin1');
        const lines = text.split('\n').filter((line) => line.replace(/\r$/, '') !== '');
        expect(records.length + refused.length).toBeLessThanOrEqual(lines.length);
        expect(records.length + refused.length > 0).toBe(lines.length > 0);
        expect(await read('a.csv', Buffer.from([...Buffer.from('a\n'), ...content]))).toMatchObject({
          records,
          refused,
        });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the delimiter of a CSV file', () => {
  it.each([
    [',', 'a,b\n"1,5",2\n'],
    [';', 'a;b\n"1;5";2\n'],
    ['\t', 'a\tb\n"1\t5"\t2\n'],
    ['|', 'a|b\n"1|5"|2\n'],
  ])('%j is the one that its header uses', async (delimiter, content) => {
    const { columns, records } = await read('a.csv', content, 1);
    expect(columns).toEqual(['a', 'b']);
    expect(records).toEqual([[`1${delimiter}5`, '2']]);
  });

  it('is not looked for within quotes', async () => {
    expect((await read('a.csv', '"a,b,c";d\n1,2;3')).records).toEqual([['1,2', '3']]);
    expect((await read('a.csv', '"a;\nb;c;",d\n1,2')).columns).toEqual(['a;\nb;c;', 'd']);
  });

  it('is a tab in .tsv files, whatever else a header holds', async () => {
    const { columns, records } = await read('a.tsv', 'a,b,c\td\n1,2\t"3\t""4"""\n');
    expect(columns).toEqual(['a,b,c', 'd']);
    expect(records).toEqual([['1,2', '3\t"4"']]);
    expect((await read('a.tsv.gz', gzipSync('a\tb\n1\t2'))).records).toEqual([['1', '2']]);
  });
});

describe('a header', () => {
  it('may leave columns without names', async () => {
    expect((await read('a.csv', 'a,,b,\n1,2,3,4')).columns).toEqual(['a', 'column_2', 'b', 'column_4']);
  });
});

describe('a byte order mark', () => {
  const mark = '\ufeff';
  it.each([
    ['a.csv', `${mark}a\n1`],
    ['a.tsv', `${mark}a\n1`],
    ['a.ndjson', `${mark}{"a":1}`],
    ['a.json', `${mark}[{"a":1}]`],
    ['a.json.gz', gzipSync(`${mark}[{"a":1}]`)],
  ])('at the beginning of %s is no part of it', async (name, content) => {
    const { columns, records } = await read(name, content, 1);
    expect([columns, records]).toEqual(name.endsWith('v') ? [['a'], [['1']]] : [[], [{ a: 1 }]]);
  });
});

describe('reading on from a place that was told', () => {
  const lines = Array.from({ length: 40_000 }, (_, at) => `${at},"${'ä\n'.repeat(at % 9)}"`);
  const objects = lines.map((_, at) => JSON.stringify({ a: at, text: 'x'.repeat(at % 70) }));
  const parquet = parquetWriteBuffer({
    columnData: [{ name: 'a', data: Array.from({ length: 20_000 }, (_, at) => at), type: 'INT32' }],
    rowGroupSize: 7000,
  });
  it.each([
    ['a.csv', `\ufeffa;b\n${lines.join('\n').replaceAll(',', ';')}`],
    ['a.csv', `a,b\n${lines.join('\n')}\n`],
    ['a.ndjson', objects.join('\n')],
    ['a.json', `[${objects.join(',\n')}]`],
    ['a.parquet', new Uint8Array(parquet)],
    ['a.parquet.gz', gzipSync(new Uint8Array(parquet))],
  ])('gives the rest of %s, from each of them', async (name, content) => {
    const whole = await read(name, content);
    expect(whole.points.length).toBeGreaterThan(2);
    for (const { records, point } of whole.points) {
      const rest = await readSourceFile(name, content, { from: JSON.parse(JSON.stringify(point)) });
      expect(rest.columns).toEqual(whole.columns);
      expect(rest.records).toEqual(whole.records.slice(records));
    }
  });

  it.each([
    ['a.csv.gz', gzipSync('a,b\n1,2\n')],
    ['a.ndjson.gz', gzipSync('{}\n{}\n')],
  ])('is not offered by %s, which can only be read from its beginning', async (name, content) => {
    expect((await read(name, content)).points).toEqual([]);
  });
});

describe('NDJSON', () => {
  it('reads objects and refuses what is none', async () => {
    const { records, refused } = await read('a.ndjson', '{"a":1}\n\n[1]\nnope\n{"a":"é"}');
    expect(records).toEqual([{ a: 1 }, { a: 'é' }]);
    expect(refused).toEqual([
      ['not_an_object', '[1]'],
      ['not_json', 'nope'],
    ]);
  });

  it('reads .jsonl and gzipped files alike', async () => {
    expect((await read('a.jsonl', '{"a":1}')).records).toEqual([{ a: 1 }]);
    expect((await read('a.ndjson.gz', gzipSync('{"a":1}\n{"a":2}\n'))).records).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe('JSON arrays', () => {
  it('gives the same records however it is cut into pieces', async () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0, 2),
        async (expected, size, indent) => {
          const file = JSON.stringify(expected, null, indent);
          expect((await read('a.json', file, size)).records).toEqual(JSON.parse(file));
        },
      ),
    );
  });

  it('refuses elements that are no objects or no JSON', async () => {
    const { records, refused } = await read('a.json', ' [1, {"a":2}, {bad}, "]"] ');
    expect(records).toEqual([{ a: 2 }]);
    expect(refused).toEqual([
      ['not_an_object', '1'],
      ['not_json', '{bad}'],
      ['not_an_object', '"]"'],
    ]);
  });

  it.each([['{"a":1}'], ['[{"a":1}'], ['[{"a":1},'], ['[{"a":1},]'], ['[{"a":"'], ['[]{}'], ['   ']])(
    'refuses the broken file %s',
    async (content) => {
      expect(await refusal('a.json', content)).toBe('malformed_json');
    },
  );

  it('refuses a file with an element over 1 MiB', async () => {
    expect(await refusal('a.json', `[{"a":"${'x'.repeat(2 * MIB)}"}]`)).toBe('line_too_long');
  });
});

describe('Parquet', () => {
  const file = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ['a', 'b', null], type: 'STRING' },
        { name: 'at', data: [new Date(0), null, new Date(1)], type: 'TIMESTAMP' },
        { name: 'big', data: [1n, 2n, 3n], type: 'INT64' },
      ],
      rowGroupSize: 2,
    }),
  );

  it('reads typed values over row groups', async () => {
    const { columns, records } = await read('a.parquet', file);
    expect(columns).toEqual(['id', 'at', 'big']);
    expect(records.map((row) => (Array.isArray(row) ? row.map((value) => value ?? null) : row))).toEqual([
      ['a', new UtcMicros(0n), 1n],
      ['b', null, 2n],
      [null, new UtcMicros(1000n), 3n],
    ]);
  });

  it('refuses a truncated file, wherever it was cut', async () => {
    const lengths = fc.integer({ min: 4, max: file.length - 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        expect(await refusal('a.parquet', file.subarray(0, length))).toBe('unreadable_parquet');
      }),
    );
  });

  it('hands failures of the store on, for they may pass', async () => {
    const sink = { columns() {}, row() {}, object() {}, refuse() {}, drain: async () => {} };
    const reading = readFile(
      {
        name: 'a.parquet',
        source: 'source',
        bytes: file.length,
        read: async (start, end) => {
          if (start > 0) throw new Error('connection reset');
          return new Uint8Array(file.subarray(start, end)).buffer;
        },
        stream: async () => (async function* () {})(),
      },
      sink,
    );
    await expect(reading).rejects.toThrow('connection reset');
  });
});

describe('files that cannot be taken in', () => {
  it.each([
    ['a.csv', '', 'empty_file'],
    ['a.csv', '\n\n', 'empty_file'],
    ['a.xml', '<a/>', 'unknown_file_type'],
    ['a', 'a,b', 'unknown_file_type'],
    ['a.csv', 'PAR1 and so on', 'unknown_file_type'],
    ['a.parquet', 'a,b\n1,2', 'unreadable_parquet'],
    ['a.parquet.gz', gzipSync('PAR1'), 'unreadable_parquet'],
    ['a.parquet.gz', gzipSync('a,b\n1,2'), 'unreadable_parquet'],
    ['a.csv.gz', 'a,b\n1,2', 'unreadable_gzip'],
    ['a.csv.gz', gzipSync('a,b\n1,2\n3,4\n').subarray(0, 20), 'unreadable_gzip'],
    ['a.csv', Buffer.from([0x61, 0xff, 0x0a]), 'wrong_header'],
  ])('%s holding %j is refused as %s %s', async (name, content, code) => {
    expect(await refusal(name, content)).toBe(code);
  });
});
