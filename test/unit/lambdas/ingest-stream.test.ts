import type { KinesisStreamRecord } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { couponRedemptions } from '../../../events/contracts/coupon-redemptions.ts';
import { dataSchemaOf } from '../../../events/contracts/index.ts';
import { rawCipher } from '../../../events/intake/raw-cipher.ts';
import { ingestBatch } from '../../../lambdas/ingest-stream/ingest-stream.ts';
import { shardBatches } from '../../../lambdas/ingest-stream/shard-batches.ts';
import { StreamIntake, type StreamRecord } from '../../../lambdas/ingest-stream/stream-intake.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { posEvent } from '../../fixtures/pos-event.ts';
import { readParquetRows } from '../../fixtures/read-parquet.ts';

const intake = new StreamIntake();
const keys = new MemoryKeys();

const couponEvent = posEvent({
  type: couponRedemptions.transport.stream?.type,
  dataschema: dataSchemaOf(couponRedemptions),
  data: {
    redemption_id: 'r-1',
    customer_id: '900',
    coupon_upc: '1',
    campaign_id: '2',
    redeemed_at: '2017-01-01',
    updated_at: '2017-01-01',
  },
});

/** Records in the order given, each a CloudEvent or raw bytes. */
const recordsOf = (events: readonly unknown[]): StreamRecord[] =>
  events.map((event, at) => ({
    sequenceNumber: String(1000 + at),
    arrivedAt: new Date('2026-11-21T09:59:59.500Z'),
    data: Buffer.isBuffer(event) ? event : Buffer.from(JSON.stringify(event)),
  }));

async function take(events: readonly unknown[], store = new MemoryObjectStore()) {
  const batch = { stream: 'transaction-events', shard: 'shardId-0', records: recordsOf(events) };
  const ledger = await ingestBatch(batch, intake, {
    store,
    bronze: 'bronze',
    quarantine: 'quarantine',
    operations: 'operations',
    keys,
  });
  const rows = async (bucket: string) =>
    (await Promise.all(store.keys(bucket).map((key) => readParquetRows(store.bytes(bucket, key))))).flat();
  return { store, ledger, bronze: await rows('bronze'), quarantine: await rows('quarantine') };
}

describe('a batch of events', () => {
  it('goes to one bronze object per source, named by shard and sequence numbers', async () => {
    const { store, bronze } = await take([posEvent(), couponEvent, posEvent({ id: 'e-2' })]);
    expect(store.keys('bronze').sort()).toEqual([
      'coupon_redemptions/ingest_date=2026-11-21/ingest_hour=09/transaction-events-shardId-0-1000-1002-0000.parquet',
      'pos_transactions/ingest_date=2026-11-21/ingest_hour=09/transaction-events-shardId-0-1000-1002-0000.parquet',
    ]);
    expect(bronze.find(({ _event_id }) => _event_id === 'e-2')).toMatchObject({
      transaction_id: '31198570044',
      total_amount: 1,
      _origin: 'transaction-events/shardId-0',
      _position: '1002',
      _contract_version: 1,
    });
  });

  it('has its bad records in quarantine, each with its reason, and none of them fails it', async () => {
    const { quarantine, ledger } = await take([
      Buffer.from('nonsense'),
      Buffer.from([0xff]),
      [],
      posEvent({ specversion: '2' }),
      posEvent({ type: 'com.example.unknown' }),
      posEvent({ dataschema: 'urn:tributary:pos_transactions:v2' }),
      posEvent({ note: 'x'.repeat(300_000) }),
      posEvent({ id: 'bad' }, { quantity: 0 }),
      posEvent(),
      Buffer.from(`{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      posEvent({}, { store_id: { toString: null } }),
    ]);
    expect(Object.fromEntries(quarantine.map(({ position, reason }) => [position, reason]))).toEqual({
      1000: 'not_json',
      1001: 'invalid_utf8',
      1002: 'not_an_object',
      1003: 'not_a_cloudevent',
      1004: 'unknown_type',
      1005: 'unknown_version',
      1006: 'event_too_large',
      1007: 'too_small',
      1009: 'nested_too_deep',
      1010: 'not_text',
    });
    expect(quarantine.find(({ position }) => position === '1007')).toMatchObject({
      road: 'stream',
      origin: 'transaction-events/shardId-0',
      field: 'quantity',
      event_id: 'bad',
    });
    const raw = quarantine.map((row) => String(row.raw));
    expect(raw.join()).not.toContain('specversion');
    const [opened] = await rawCipher(keys).open('pos_transactions', [
      String(quarantine.find(({ position }) => position === '1007')?.raw),
    ]);
    expect(opened).toBe(JSON.stringify(posEvent({ id: 'bad' }, { quantity: 0 })));
    expect(
      ledger.map(({ source, received, accepted, quarantined }) => [source, received, accepted, quarantined]),
    ).toEqual([
      ['unknown', 6, 0, 6],
      ['pos_transactions', 5, 1, 4],
    ]);
  });

  it('is accounted for in one ledger object with a line per source', async () => {
    const { store, ledger } = await take([posEvent(), couponEvent]);
    const [key = ''] = store.keys('operations');
    expect(key).toBe('intake/ingest_date=2026-11-21/transaction-events-shardId-0-1000-1001.json');
    const lines = store.bytes('operations', key).toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(ledger);
    expect(ledger[0]).toMatchObject({
      road: 'stream',
      first_position: '1000',
      last_position: '1001',
      bronze_objects: 1,
    });
  });

  it('writes over the same objects when it is repeated', async () => {
    const { store, bronze } = await take([posEvent(), Buffer.from('nonsense')]);
    const before = [...store.objects.keys()].sort();
    const again = await take([posEvent(), Buffer.from('nonsense')], store);
    expect([...again.store.objects.keys()].sort()).toEqual(before);
    expect(again.bronze).toEqual(bronze);
  });

  it('throws when the store fails, without a ledger entry, and is whole when repeated', async () => {
    const store = new MemoryObjectStore();
    store.failWrite = (key) => key.startsWith('pos_transactions/');
    await expect(take([posEvent(), couponEvent], store)).rejects.toThrow('out of order');
    expect(store.keys('operations')).toEqual([]);
    store.failWrite = () => false;
    expect((await take([posEvent(), couponEvent], store)).bronze).toHaveLength(2);
  });

  it('may hold more than one row group', async () => {
    const { bronze } = await take(Array.from({ length: 10_001 }, (_, at) => posEvent({ id: `e-${at}` })));
    expect(new Set(bronze.map(({ _event_id }) => _event_id)).size).toBe(10_001);
  });

  it('received = bronze + quarantine, whatever its records are', async () => {
    const record = fc.oneof(
      fc.constant(posEvent()),
      fc.jsonValue().map((data) => posEvent({ data })),
      fc
        .dictionary(fc.constantFrom('id', 'type', 'specversion', 'time'), fc.jsonValue())
        .map((attributes) => posEvent(attributes)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 20 }), async (events) => {
        const { ledger, bronze, quarantine } = await take(events);
        expect(bronze.length + quarantine.length).toBe(events.length);
        const sum = (count: 'received' | 'accepted' | 'quarantined') =>
          ledger.reduce((total, entry) => total + entry[count], 0);
        expect([sum('received'), sum('accepted'), sum('quarantined')]).toEqual([
          events.length,
          bronze.length,
          quarantine.length,
        ]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('Kinesis events', () => {
  it('are taken apart by shard, in order', () => {
    const kinesisRecord = (shard: string, sequenceNumber: string): KinesisStreamRecord => ({
      awsRegion: 'us-east-1',
      eventID: `${shard}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/transaction-events',
      eventVersion: '1.0',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/ingest-stream',
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: 'T-1',
        sequenceNumber,
        data: Buffer.from('x').toString('base64'),
        approximateArrivalTimestamp: 1_795_000_000.25,
      },
    });
    const Records = [kinesisRecord('shardId-1', '1'), kinesisRecord('shardId-2', '2'), kinesisRecord('shardId-1', '3')];
    const batches = shardBatches({ Records });
    expect(batches.map(({ stream, shard, records }) => [stream, shard, records.map((r) => r.sequenceNumber)])).toEqual([
      ['transaction-events', 'shardId-1', ['1', '3']],
      ['transaction-events', 'shardId-2', ['2']],
    ]);
    expect(batches[0]?.records[0]).toMatchObject({ arrivedAt: new Date(1_795_000_000_250), data: Buffer.from('x') });
  });
});
