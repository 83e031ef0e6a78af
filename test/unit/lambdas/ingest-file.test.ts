import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { INTAKE_TABLE } from '../../../events/contracts/tables.ts';
import { openedFile } from '../../../events/intake/file-cipher.ts';
import { rawCipher } from '../../../events/intake/raw-cipher.ts';
import { ingestFile } from '../../../lambdas/ingest-file/ingest-file.ts';
import { landedObject } from '../../../lambdas/ingest-file/landed-object.ts';
import { INTAKE_LIMITS } from '../../../lambdas/ingest-file/segment.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { csvOf, posLine, posLineWith } from '../../fixtures/pos-line.ts';
import { readParquetRows } from '../../fixtures/read-parquet.ts';
import { workbookOf } from '../../fixtures/workbook.ts';

const keys = new MemoryKeys();

const destination = (store: MemoryObjectStore) => ({
  store,
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  keys,
});

async function rowsIn(store: MemoryObjectStore, bucket: string, prefix = ''): Promise<Record<string, unknown>[]> {
  const keys = store.keys(bucket).filter((key) => key.startsWith(prefix));
  const files = await Promise.all(keys.map((key) => readParquetRows(store.bytes(bucket, key))));
  return files.flat();
}

const ledgerOf = (store: MemoryObjectStore): Record<string, unknown>[] =>
  store.keys('operations').map((key) => JSON.parse(store.bytes('operations', key).toString()));

async function land(key: string, content: string | Uint8Array, limits = INTAKE_LIMITS) {
  const store = new MemoryObjectStore();
  const outcome = await ingestFile(store.put('landing', key, content), destination(store), { limits });
  return { store, outcome };
}

/** What a sealed file holds. */
async function openedText(sealed: Uint8Array): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of openedFile(Readable.from([sealed]), keys)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Limits that a small file reaches. */
const SMALL = {
  rowsPerGroup: 100,
  textPerGroup: 1_000_000,
  groupsPerObject: 2,
  quarantinedPerObject: 30,
  quarantinedTextPerObject: 1_000_000,
};

const quarantined = (store: MemoryObjectStore) => rowsIn(store, 'quarantine', 'records/');

describe('a file of a known source', () => {
  const csv = csvOf([posLine, posLineWith({ quantity: 0 }), posLineWith({ line_number: 2, colour: 'red' })]);

  it('goes to bronze with its envelope', async () => {
    const { store } = await land('pos_transactions/2017-01.csv', csv);
    const [key = ''] = store.keys('bronze');
    expect(key).toMatch(/^pos_transactions\/ingest_date=2026-11-21\/ingest_hour=10\/[0-9a-f]{24}-0000\.parquet$/);
    const [first, second] = await rowsIn(store, 'bronze');
    expect(first).toMatchObject({
      transaction_id: '31198570044',
      quantity: 2,
      total_amount: 1,
      tax_amount: null,
      _event_id: null,
      _position: '1',
      _origin: expect.stringMatching(/^pos_transactions\/2017-01\.csv#[0-9a-f]{32}$/),
      _contract_version: 1,
      _extra: null,
    });
    expect(second).toMatchObject({ line_number: 2, _position: '3', _extra: '{"colour":"red"}' });
  });

  it('leaves its bad rows in quarantine, with reason, row number and the row, sealed', async () => {
    const { store } = await land('pos_transactions/2017-01.csv', csv);
    expect(store.keys('quarantine')).toEqual([
      expect.stringMatching(/^records\/source=pos_transactions\/ingest_date=2026-11-21\/[0-9a-f]{24}-0000\.parquet$/),
    ]);
    expect(await quarantined(store)).toMatchObject([
      {
        road: 'file',
        position: '2',
        reason: 'too_small',
        field: 'quantity',
        message: 'quantity is "0", but must be between 1 and 1000',
        raw: expect.not.stringContaining('31198570044'),
        contract_version: 1,
      },
    ]);
    const [{ raw } = {}] = await quarantined(store);
    const [row = ''] = await rawCipher(keys).open('pos_transactions', [String(raw)]);
    expect(JSON.parse(row)).toMatchObject({ transaction_id: '31198570044', quantity: '0', colour: '' });
  });

  it('is accounted for in the ledger', async () => {
    const { store, outcome } = await land('pos_transactions/2017-01.csv', csv);
    const [entry] = ledgerOf(store);
    expect(entry).toMatchObject({
      source: 'pos_transactions',
      road: 'file',
      status: 'ingested',
      received: 3,
      accepted: 2,
      quarantined: 1,
      bytes: csv.length,
      bronze_objects: 1,
      first_position: '1',
      last_position: '3',
      received_at: '2026-11-21T10:15:00.000Z',
    });
    expect(outcome).toMatchObject({ status: 'ingested', record: entry });
    expect(Object.keys(entry ?? {}).sort()).toEqual(INTAKE_TABLE.columns.map(({ name }) => name).sort());
  });

  it('is the same in every format', async () => {
    const records = [posLine, posLineWith({ line_number: 2, quantity: 1001 }), posLineWith({ line_number: 3 })];
    const names = Object.keys(posLine);
    const parquet = parquetWriteBuffer({
      columnData: names.map((name) => ({ name, data: records.map((record) => record[name as keyof typeof posLine]) })),
    });
    const files: [string, string | Uint8Array][] = [
      ['a.csv', csvOf(records)],
      ['a.json', JSON.stringify(records, null, 2)],
      ['a.ndjson', records.map((record) => JSON.stringify(record)).join('\n')],
      ['a.parquet', new Uint8Array(parquet)],
    ];
    const results = await Promise.all(
      files.map(async ([name, content]) => {
        const { store } = await land(`pos_transactions/${name}`, content);
        const rows = await rowsIn(store, 'bronze');
        const refused = await quarantined(store);
        return [
          rows.map(({ _origin, ...row }) => row),
          refused.map(({ reason, message }) => [reason, String(message).split(' but ')[1]]),
        ];
      }),
    );
    expect(results[0]?.[0]).toHaveLength(2);
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it('received = bronze + quarantine, whatever its lines are', async () => {
    const line = fc.oneof(
      fc.constant(csvOf([posLine]).split('\n')[1] ?? ''),
      fc.string(),
      fc.array(fc.string()).map((fields) => fields.join(',')),
      fc.constantFrom('"', '","', '\ud800', ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const header = Object.keys(posLine).join(',');
        const { store, outcome } = await land('pos_transactions/x.csv', [header, ...lines].join('\n'));
        const rows = (await rowsIn(store, 'bronze')).length;
        const refused = (await quarantined(store)).length;
        expect(outcome).toMatchObject({ record: { received: rows + refused, accepted: rows, quarantined: refused } });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps personal and unknown values to itself where the source may send personal data', async () => {
    const customers =
      'customer_id,email,note,updated_at\n1,jane@x.example,jane,2017-01-01\n2,joe@x.example,joe,never\n';
    const { store } = await land('crm_customers/a.csv', customers);
    const everything = JSON.stringify(
      [await rowsIn(store, 'bronze'), await quarantined(store), ledgerOf(store)],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    );
    expect(everything).not.toMatch(/jane|joe/);
    const [{ raw } = {}] = await quarantined(store);
    expect(await rawCipher(keys).open('crm_customers', [String(raw)])).toEqual([
      '{"customer_id":"2","email":"joe@x.example","note":"joe","updated_at":"never"}',
    ]);
  });

  it('keeps its good rows when others between them are malformed, in every format', async () => {
    const lines = [posLineWith({ line_number: 1 }), posLineWith({ line_number: 3 })];
    const [header = '', first = '', last = ''] = csvOf(lines).split('\n');
    const [one = '', other = ''] = lines.map((line) => JSON.stringify(line));
    const excel = workbookOf([
      lines[0] ?? {},
      { ...posLine, quantity: undefined, total_amount: 'ten' },
      lines[1] ?? {},
    ]);
    const files: [name: string, content: string | Uint8Array, reason: string][] = [
      ['a.csv', [header, first, '1,"broken"x', last].join('\n'), 'malformed_quotes'],
      ['a.csv', [header, first, '1,2', last].join('\n'), 'wrong_field_count'],
      ['a.tsv', [header, first, '1,2', last].join('\n').replaceAll(',', '\t'), 'wrong_field_count'],
      ['a.csv.gz', gzipSync([header, first, '1,2', last].join('\n')), 'wrong_field_count'],
      ['a.ndjson', [one, '{"transaction_id":', other].join('\n'), 'not_json'],
      ['a.json', `[${one},{nothing},${other}]`, 'not_json'],
      ['a.xlsx', excel, 'missing'],
      ['a.xlsx.gz', gzipSync(excel), 'missing'],
    ];
    for (const [name, content, reason] of files) {
      const { store, outcome } = await land(`pos_transactions/${name}`, content);
      expect(outcome).toMatchObject({ record: { received: 3, accepted: 2, quarantined: 1 } });
      expect((await rowsIn(store, 'bronze')).map(({ _position }) => _position)).toEqual(['1', '3']);
      expect(await quarantined(store)).toMatchObject([{ reason, position: '2' }]);
    }
  });

  it('may hold no rows', async () => {
    const { outcome, store } = await land('pos_transactions/a.csv', `${Object.keys(posLine).join(',')}\n`);
    expect(outcome).toMatchObject({ status: 'ingested', record: { received: 0, first_position: null } });
    expect(store.keys('bronze')).toEqual([]);
  });

  it('is written in several objects when it is large', async () => {
    const lines = Array.from({ length: 1000 }, (_, at) => `${at},${at % 10 === 0 ? 'never' : '2017-01-01'}`);
    const content = ['product_id,updated_at', ...lines].join('\n');
    const { store, outcome } = await land('erp_products/a.csv', content, SMALL);
    expect(outcome).toMatchObject({ record: { accepted: 900, quarantined: 100, bronze_objects: 5 } });
    expect(store.keys('quarantine')).toHaveLength(5);
    const positions = [...(await rowsIn(store, 'bronze')), ...(await quarantined(store))].map(
      ({ _position, position }) => _position ?? position,
    );
    expect(new Set(positions).size).toBe(1000);
  });
});

describe('a file that cannot be taken in', () => {
  it.each([
    ['unknown/a.csv', 'a,b\n1,2', 'unknown_source', 'unknown'],
    ['a.csv', 'a,b\n1,2', 'unknown_source', 'unknown'],
    ['pos_transactions/a.xml', '<a/>', 'unknown_file_type', 'pos_transactions'],
    ['pos_transactions/a.xlsx', 'PK', 'unreadable_excel', 'pos_transactions'],
    ['pos_transactions/a.csv', '', 'empty_file', 'pos_transactions'],
    ['pos_transactions/a.csv', 'a,b\n1,2', 'wrong_header', 'pos_transactions'],
    ['pos_transactions/a.parquet', 'PAR1 cut off', 'unreadable_parquet', 'pos_transactions'],
    ['pos_transactions/a.json', '[{"a":1}', 'malformed_json', 'pos_transactions'],
  ])('%s is put aside whole, as %3$s', async (key, content, reason, source) => {
    const { store, outcome } = await land(key, content);
    expect(outcome).toMatchObject({
      status: 'refused',
      record: { reason, source, received: 1, accepted: 0, quarantined: 1 },
    });
    expect(store.keys('bronze')).toEqual([]);
    const [copy = ''] = store.keys('quarantine').filter((name) => name.startsWith('files/'));
    expect(copy.endsWith(`/${key}`)).toBe(true);
    const sealed = store.bytes('quarantine', copy);
    if (content.length > 5) expect(sealed.toString()).not.toContain(content);
    expect(await openedText(sealed)).toBe(content);
    expect(await quarantined(store)).toMatchObject([{ reason, position: '0', raw: `s3://quarantine/${copy}` }]);
    expect(store.keys('quarantine').some((name) => name.startsWith(`records/source=${source}/`))).toBe(true);
    expect(ledgerOf(store)).toMatchObject([{ status: 'refused', reason, message: expect.stringMatching(/\w+ \w+/) }]);
  });

  it('names the columns that a header lacks', async () => {
    const { outcome } = await land('coupon_redemptions/a.csv', 'redemption_id,coupon_upc\n1,2');
    expect(outcome).toMatchObject({
      record: {
        message:
          'columns are missing: customer_id, campaign_id, redeemed_at, updated_at; the file has redemption_id, coupon_upc',
      },
    });
  });

  it.each([
    ['redemption_id,a,redemption_id', 'columns 1 and 3 have the same name (redemption_id)'],
    ['Redemption ID,a,redemption_id', 'columns 1 and 3 have the same name (redemption_id)'],
    // A file without a header begins with a record, which may be personal.
    ['redemption_id,Jane,jane', 'columns 2 and 3 have the same name'],
  ])('names columns of the same name: %s', async (header, message) => {
    for (const [name, delimiter] of [
      ['a.csv', ','],
      ['a.csv', '|'],
      ['a.tsv', '\t'],
    ] as const) {
      const { outcome } = await land(`coupon_redemptions/${name}`, `${header.replaceAll(',', delimiter)}\n`);
      expect(outcome).toMatchObject({ record: { reason: 'wrong_header' } });
      expect(outcome).toMatchObject({ record: { message: expect.stringContaining(message) } });
    }
  });

  it('names the delimiter that it was read with', async () => {
    const { outcome } = await land('coupon_redemptions/a.csv', 'redemption_id;coupon_upc\n1;2');
    expect(outcome).toMatchObject({
      record: { message: expect.stringMatching(/its columns are parted by a semicolon$/) },
    });
    const strange = await land('coupon_redemptions/a.csv', 'redemption_id^coupon_upc\n1^2');
    expect(strange.outcome).toMatchObject({
      record: { message: expect.stringMatching(/no comma, semicolon, tab or vertical bar that would part columns$/) },
    });
  });

  it('leaves nothing in bronze when it breaks off after many good rows', async () => {
    const row = (at: number) => JSON.stringify({ product_id: at, name: 'x'.repeat(500), updated_at: '2017-01-01' });
    const rows = Array.from({ length: 3000 }, (_, at) => row(at));
    const { store, outcome } = await land('erp_products/a.json', `[${rows.join(',')}`, SMALL);
    expect(outcome).toMatchObject({ status: 'refused', record: { reason: 'malformed_json' } });
    expect(store.written.some((key) => key.startsWith('erp_products/ingest_date'))).toBe(true);
    expect(store.keys('bronze')).toEqual([]);
  });
});

describe('a repeated event', () => {
  it('changes nothing after the file was taken in', async () => {
    const { store } = await land('pos_transactions/a.csv', csvOf([posLine]));
    const before = [...store.objects.keys()];
    const again = await ingestFile(
      store.put('landing', 'pos_transactions/a.csv', csvOf([posLine])),
      destination(store),
    );
    expect(again).toEqual({ status: 'skipped', reason: 'taken in before' });
    expect([...store.objects.keys()]).toEqual(before);
  });

  it('writes over the same objects after an interrupted attempt', async () => {
    const store = new MemoryObjectStore();
    const object = store.put('landing', 'pos_transactions/a.csv', csvOf([posLine, posLineWith({ quantity: 0 })]));
    store.failWrite = (key) => key.startsWith('intake/');
    await expect(ingestFile(object, destination(store))).rejects.toThrow('out of order');
    const written = [...store.objects.keys()];
    store.failWrite = () => false;
    await expect(ingestFile(object, destination(store))).resolves.toMatchObject({ status: 'ingested' });
    expect([...store.objects.keys()].filter((key) => !key.startsWith('operations/'))).toEqual(written);
  });

  it('of a version that was written over or deleted is passed by', async () => {
    const store = new MemoryObjectStore();
    const old = store.put('landing', 'pos_transactions/a.csv', 'old');
    store.put('landing', 'pos_transactions/a.csv', 'new');
    await expect(ingestFile(old, destination(store))).resolves.toMatchObject({ status: 'skipped' });
    await store.remove('landing', old.key);
    await expect(ingestFile(old, destination(store))).resolves.toMatchObject({ status: 'skipped' });
    expect(store.keys('operations')).toEqual([]);
  });

  it('of a folder or a failed batch is passed by', async () => {
    expect((await land('pos_transactions/', '')).outcome).toMatchObject({ status: 'skipped' });
    expect((await land('aws/lambda/1-2/shardId-0/x', '{}')).outcome).toMatchObject({ status: 'skipped' });
  });
});

describe('queue messages', () => {
  it('tell of an object, its name as it is', () => {
    const detail = { bucket: { name: 'landing' }, object: { key: 'erp_products/a b+c.csv', etag: 'abc', size: 3 } };
    expect(landedObject(JSON.stringify({ 'detail-type': 'Object Created', detail }))).toEqual({
      bucket: 'landing',
      key: 'erp_products/a b+c.csv',
      etag: 'abc',
    });
  });

  it.each(['', '{}', '{"detail":{"bucket":{"name":"b"}}}'])('that tell of none are refused: %j', (body) => {
    expect(() => landedObject(body)).toThrow(/Object Created/);
  });
});
