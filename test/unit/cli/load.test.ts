import { beforeEach, describe, expect, it } from 'vitest';
import { IntakeReader, waitForIntake } from '../../../cli/load/intake.ts';
import { type Receipt, ReceiptStore } from '../../../cli/load/receipt.ts';
import { fileDifferences, fileRecords, isComplete, streamRecords } from '../../../cli/load/receipt-intake.ts';
import { batchId, fileId, ledgerKey } from '../../../events/intake/keys.ts';
import { type IntakeRecord, ledgerText } from '../../../events/intake/ledger.ts';
import { memoryBucket } from './memory-bucket.ts';

const bucket = memoryBucket();
const now = new Date();
const SHARD = 'shardId-000000000001';

const record = (fields: Partial<IntakeRecord>): IntakeRecord => ({
  source: 'pos_transactions',
  road: 'file',
  origin: 's3://landing/pos_transactions/2017-01.csv',
  first_position: '1',
  last_position: '10',
  status: 'ingested',
  reason: null,
  message: null,
  received: 10,
  accepted: 9,
  quarantined: 1,
  bytes: 100,
  bronze_objects: 1,
  contract_version: 1,
  received_at: now.toISOString(),
  seconds: 0.1,
  ...fields,
});

const receipt: Receipt = {
  dataset: 'd',
  content: 'c',
  startedAt: now.toISOString(),
  files: { 'pos_transactions/2017-01.csv': { etag: 'e1', rows: 10 } },
  // Beyond 2^53, where neighbours are the same double.
  streams: {
    'transaction-events': { sent: 4, shards: { [SHARD]: { first: '9007199254740993', last: '9007199254740996' } } },
  },
};

function givenFile(fields: Partial<IntakeRecord> = {}, etag = 'e1'): void {
  bucket.objects.set(ledgerKey(now, fileId('pos_transactions/2017-01.csv', etag)), ledgerText([record(fields)]));
}

function givenBatch(first: string, last: string, received: number): void {
  const entry = record({
    road: 'stream',
    origin: `transaction-events/${SHARD}`,
    first_position: first,
    last_position: last,
    received,
    accepted: received,
    quarantined: 0,
  });
  bucket.objects.set(ledgerKey(now, batchId('transaction-events', SHARD, first, last)), ledgerText([entry]));
}

const intake = () => new IntakeReader(bucket.client, 'operations', now).read();

beforeEach(() => bucket.objects.clear());

describe('what a load sent', () => {
  it('is complete once the ledger accounts for each file and for all events', async () => {
    expect(isComplete(receipt, await intake())).toBe(false);
    givenFile();
    expect(isComplete(receipt, await intake())).toBe(false);
    givenBatch('9007199254740993', '9007199254740994', 2);
    givenBatch('9007199254740995', '9007199254740996', 2);
    expect(isComplete(receipt, await intake())).toBe(true);
    expect(fileRecords(receipt, await intake()).map(({ received }) => received)).toEqual([10]);
    expect(streamRecords(receipt, await intake()).map(({ received }) => received)).toEqual([2, 2]);
  });

  it('is not mixed up with another version of the file or with earlier events', async () => {
    givenFile({}, 'e0');
    givenBatch('9007199254740990', '9007199254740992', 3);
    expect(fileRecords(receipt, await intake())).toEqual([]);
    expect(streamRecords(receipt, await intake())).toEqual([]);
  });

  it('is not complete before its last event, however often earlier ones arrived', async () => {
    givenFile();
    givenBatch('9007199254740990', '9007199254740995', 9);
    expect(isComplete(receipt, await intake())).toBe(false);
    givenBatch('9007199254740996', '9007199254740999', 2);
    expect(isComplete(receipt, await intake())).toBe(true);
  });

  it('differs when a row is missing on either side', async () => {
    givenFile();
    expect(fileDifferences(receipt, await intake())).toEqual([]);
    givenFile({ received: 9 });
    expect(fileDifferences(receipt, await intake())).toHaveLength(1);
    givenFile({ quarantined: 0 });
    expect(fileDifferences(receipt, await intake())).toEqual([
      'pos_transactions/2017-01.csv: sent 10, received 10, accepted 9, refused 0',
    ]);
    givenFile();
    const known = { files: { 'pos_transactions/2017-01.csv': { etag: 'e1', rows: 10, quarantined: 2 } } };
    expect(fileDifferences(known, await intake())).toEqual([
      'pos_transactions/2017-01.csv: sent 10, 2 of them to be refused, received 10, accepted 9, refused 1',
    ]);
  });
});

describe('the ledger', () => {
  it('is fetched once an object, and again when a retry has replaced it', async () => {
    const reader = new IntakeReader(bucket.client, 'operations', now);
    givenFile({ received: 5 });
    await reader.read();
    const before = bucket.gets().length;
    await reader.read();
    expect(bucket.gets()).toHaveLength(before);
    givenFile({ received: 10 });
    const records = [...(await reader.read()).values()].flat();
    expect(records.map(({ received }) => received)).toEqual([10]);
  });

  it('that nothing is added to ends the wait with advice', async () => {
    const reader = new IntakeReader(bucket.client, 'operations', now);
    await expect(waitForIntake(reader, () => false, { pollMs: 1, patienceMs: 20 })).rejects.toMatchObject({
      code: 'intake_stalled',
    });
  });
});

describe('a receipt', () => {
  const open = (content: string) => ReceiptStore.open(bucket.client, 'operations', { dataset: 'd', content });

  it('is found again by the next load, with all changes that came together', async () => {
    const store = await open('c');
    const file = (key: string) => store.update(({ files }) => ({ files: { ...files, [key]: { etag: key, rows: 1 } } }));
    await Promise.all([file('a'), file('b'), file('c')]);
    expect(Object.keys((await open('c')).receipt.files)).toEqual(['a', 'b', 'c']);
  });

  it('of other content is refused', async () => {
    await (await open('c')).update(() => ({}));
    await expect(open('other')).rejects.toMatchObject({ code: 'other_content' });
  });
});
