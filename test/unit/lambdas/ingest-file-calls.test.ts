import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { ingestFile } from '../../../lambdas/ingest-file/ingest-file.ts';
import type { IntakeDestination } from '../../../lambdas/shared/intake-destination.ts';
import type { ObjectStore, ObjectVersion } from '../../../lambdas/shared/object-store.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { csvOf, posLineWith } from '../../fixtures/pos-line.ts';
import { workbookOf } from '../../fixtures/workbook.ts';

/** Limits that a small file reaches. */
const LIMITS = {
  rowsPerGroup: 100,
  textPerGroup: 1_000_000,
  groupsPerObject: 2,
  quarantinedPerObject: 30,
  quarantinedTextPerObject: 1_000_000,
};

const keys = new MemoryKeys();
const destination = (store: ObjectStore): IntakeDestination => ({
  store,
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  keys,
});

const records = Array.from({ length: 2500 }, (_, at) =>
  posLineWith({ line_number: at + 1, quantity: at % 9 === 0 ? 0 : 1, register_id: `till ${'x'.repeat(at % 200)}` }),
);
const names = Object.keys(records[0] ?? {});
const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: names.map((name) => ({ name, data: records.map((record) => record[name]) })),
    rowGroupSize: 700,
  }),
);
const csv = csvOf(records);
const ndjson = records.map((record) => JSON.stringify(record)).join('\n');
const json = JSON.stringify(records);
const FILES: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ['a.csv', csv],
  ['a.tsv', csv.replaceAll(',', '\t')],
  ['a.csv.gz', gzipSync(csv)],
  ['a.ndjson', ndjson],
  ['a.json', json],
  ['a.json.gz', gzipSync(json)],
  ['a.parquet', parquet],
  ['a.parquet.gz', gzipSync(parquet)],
  ['a.xlsx', workbookOf(records)],
];

const LANDED = 'pos_transactions/';

/** Everything but the landing bucket, by its content; but for the time that it took. */
const contents = (store: MemoryObjectStore): Map<string, string> =>
  new Map(
    [...store.objects]
      .filter(([name]) => !name.startsWith('landing/'))
      .map(([name, { body }]) => [
        name,
        name.startsWith('operations/') ? body.toString().replace(/"seconds":[\d.e-]+/, '') : body.toString('base64'),
      ]),
  );

/** What is there after one call that nothing interrupted. */
async function uninterrupted(name: string, content: string | Uint8Array): Promise<Map<string, string>> {
  const store = new MemoryObjectStore();
  await ingestFile(store.put('landing', LANDED + name, content), destination(store), { limits: LIMITS });
  return contents(store);
}

/** Calls until the file is done, each of which has time for one segment. */
async function inManyCalls(store: MemoryObjectStore, landed: ObjectVersion): Promise<number> {
  for (let calls = 1; ; calls++) {
    const outcome = await ingestFile(landed, destination(store), { limits: LIMITS, hasTime: () => false });
    if (outcome.status !== 'unfinished') return calls;
  }
}

describe('a file that outlasts a call', () => {
  it.each(FILES)('becomes the same objects and the same ledger entry: %s', async (name, content) => {
    const store = new MemoryObjectStore();
    const calls = await inManyCalls(store, store.put('landing', LANDED + name, content));
    // Small files are read in one or few blocks, behind each of which a call may end.
    if (name !== 'a.parquet' && name !== 'a.parquet.gz') expect(calls).toBeGreaterThan(1);
    expect(contents(store)).toEqual(await uninterrupted(name, content));
  });

  it('is read on from its checkpoint, not from its beginning', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv + csv.slice(csv.indexOf('\n') + 1).repeat(3));
    for (let call = 0; call < 3; call++) {
      await ingestFile(landed, destination(store), { limits: LIMITS, hasTime: () => false });
    }
    const [key = ''] = store.keys('operations');
    const { resume } = JSON.parse(store.bytes('operations', key).toString());
    expect(resume.records).toBeGreaterThan(0);
    const starts: number[] = [];
    const stream = store.stream.bind(store);
    store.stream = (object, start = 0) => {
      starts.push(start);
      return stream(object, start);
    };
    await ingestFile(landed, destination(store), { limits: LIMITS });
    expect(starts).toEqual([resume.point.offset]);
  });

  it('is not begun again where a call was killed between checkpoints', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv);
    store.failWrite = (key) => key.endsWith('-0004.parquet');
    await expect(ingestFile(landed, destination(store), { limits: LIMITS })).rejects.toThrow('out of order');
    store.failWrite = () => false;
    store.written.length = 0;
    await ingestFile(landed, destination(store), { limits: LIMITS });
    expect(store.written.filter((key) => /-000[0-3]\.parquet$/.test(key))).toEqual([]);
    expect(contents(store)).toEqual(await uninterrupted('a.csv', csv));
  });

  it('goes on with a text that is too long for one row group', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv);
    const outcome = await ingestFile(landed, destination(store), { limits: { ...LIMITS, textPerGroup: 2000 } });
    expect(outcome).toMatchObject({ record: { received: 2500 } });
    expect(store.keys('bronze').length).toBeGreaterThan(100);
  });

  it('is taken in anew, with nothing left over, under another version of its contract', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv);
    await ingestFile(landed, destination(store), { limits: { ...LIMITS, rowsPerGroup: 10 }, hasTime: () => false });
    const [key = ''] = store.keys('operations');
    const checkpoint = JSON.parse(store.bytes('operations', key).toString());
    store.put('operations', key, JSON.stringify({ ...checkpoint, contractVersion: 0 }));
    await ingestFile(landed, destination(store), { limits: LIMITS });
    expect(contents(store)).toEqual(await uninterrupted('a.csv', csv));
  });

  it('is taken in anew where its checkpoint cannot be understood', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv);
    await ingestFile(landed, destination(store), { limits: LIMITS, hasTime: () => false });
    const [key = ''] = store.keys('operations');
    store.put('operations', key, '{"an":"older format"}');
    await ingestFile(landed, destination(store), { limits: LIMITS });
    expect(contents(store)).toEqual(await uninterrupted('a.csv', csv));
  });
});

describe('a file that turns out to be unreadable after several calls', () => {
  const broken: readonly (readonly [name: string, content: Uint8Array, reason: string])[] = [
    ['a.json', Buffer.from(json.slice(0, -20)), 'malformed_json'],
    ['a.csv.gz', gzipSync(csv, { level: 0 }).subarray(0, -40), 'unreadable_gzip'],
    ['a.xlsx', damaged(workbookOf(records)), 'unreadable_excel'],
  ];

  it.each(broken)('is put aside whole, and nothing of it stays: %s', async (name, content, reason) => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', LANDED + name, content);
    const calls = await inManyCalls(store, landed);
    expect(calls).toBeGreaterThan(1);
    expect(store.written.some((key) => key.startsWith('pos_transactions/ingest_date'))).toBe(true);
    expect(store.keys('bronze')).toEqual([]);
    expect(store.keys('quarantine').filter((key) => key.startsWith('records/'))).toEqual([
      expect.stringMatching(/-file\.parquet$/),
    ]);
    const [ledger = '', ...others] = store.keys('operations');
    expect(others).toEqual([]);
    expect(JSON.parse(store.bytes('operations', ledger).toString())).toMatchObject({
      status: 'refused',
      reason,
      received: 1,
      accepted: 0,
      quarantined: 1,
    });
  });

  it('leaves nothing either when a slower call finishes its part behind the refusal', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.json`, json.slice(0, -20));
    await inManyCalls(store, landed);
    const expected = contents(store);
    const [bronze, quarantine] = [...expected.keys()].filter((name) => /^(bronze|quarantine\/records)/.test(name));
    expect(bronze ?? quarantine).toBeDefined();
    const id = /\/([0-9a-f]{24})-file/.exec([...expected.keys()].join('\n'))?.[1] ?? '';
    store.put('bronze', `pos_transactions/ingest_date=2026-11-21/ingest_hour=10/${id}-0003.parquet`, 'late');
    store.put('quarantine', `records/source=pos_transactions/ingest_date=2026-11-21/${id}-0003.parquet`, 'late');
    store.put('operations', `checkpoints/ingest-file/${id}.json`, '{}');
    expect(await ingestFile(landed, destination(store))).toMatchObject({ status: 'skipped' });
    expect(contents(store)).toEqual(expected);
  });
});

describe('deliveries of one file, twice, in any order, cut short anywhere', () => {
  /** Lets other calls go first, and fails at some write, as a killed call does. */
  function faulty(store: MemoryObjectStore, waits: () => number, failsAt: number): ObjectStore {
    let writes = 0;
    const slowly = async <T>(operation: () => Promise<T>): Promise<T> => {
      for (let turns = waits(); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      return operation();
    };
    return {
      head: (bucket, key) => slowly(() => store.head(bucket, key)),
      stream: (object, start) => store.stream(object, start),
      range: (object, start, end) => store.range(object, start, end),
      write: (bucket, key, body) =>
        slowly(() => {
          if (writes++ === failsAt) throw new Error('killed');
          return store.write(bucket, key, body);
        }),
      writeStream: (bucket, key, body) => slowly(() => store.writeStream(bucket, key, body)),
      remove: (bucket, key) => slowly(() => store.remove(bucket, key)),
      list: (bucket, prefix) => slowly(() => store.list(bucket, prefix)),
    };
  }

  const call = fc.record({
    failsAt: fc.nat(12),
    waits: fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
    hasTime: fc.boolean(),
  });

  it.each([
    ['a.csv', csvOf(records.slice(0, 700))],
    ['a.json', JSON.stringify(records.slice(0, 700)).slice(0, -20)],
  ])('come to the same end: %s', async (name, content) => {
    const expected = await uninterrupted(name, content);
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 6 }), fc.array(call, { maxLength: 6 }), async (one, other) => {
        const store = new MemoryObjectStore();
        const landed = store.put('landing', LANDED + name, content);
        const deliver = async (calls: typeof one) => {
          for (const { failsAt, waits, hasTime } of calls) {
            let turn = 0;
            const next = () => waits[turn++ % waits.length] ?? 0;
            const conditions = { limits: LIMITS, hasTime: () => hasTime };
            await ingestFile(landed, destination(faulty(store, next, failsAt)), conditions).catch(() => undefined);
          }
        };
        await Promise.all([deliver(one), deliver(other)]);
        // The queue delivers until a call has succeeded.
        await ingestFile(landed, destination(store), { limits: LIMITS });
        expect(contents(store)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a file of more than 5 GiB', () => {
  it('is refused where it lies, for it could not be copied', async () => {
    const store = new MemoryObjectStore();
    const landed = store.put('landing', `${LANDED}a.csv`, csv);
    const head = store.head.bind(store);
    store.head = async (bucket, key) => {
      const found = await head(bucket, key);
      return found && bucket === 'landing' ? { ...found, bytes: 5 * 1024 ** 3 + 1 } : found;
    };
    const outcome = await ingestFile(landed, destination(store));
    expect(outcome).toMatchObject({ status: 'refused', record: { reason: 'file_too_large' } });
    expect(store.keys('quarantine').filter((key) => key.startsWith('files/'))).toEqual([]);
    expect(store.keys('bronze')).toEqual([]);
  });
});

/** With the checksum of its sheet changed, which shows at the end of the sheet. */
function damaged(workbook: Uint8Array): Uint8Array {
  const bytes = Buffer.from(workbook);
  const entry = bytes.lastIndexOf('xl/worksheets/sheet1.xml') - 46;
  bytes.writeUInt32LE((bytes.readUInt32LE(entry + 16) ^ 1) >>> 0, entry + 16);
  return bytes;
}
