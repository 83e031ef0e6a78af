import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventSequence } from '../../../cli/datasets/dataset.ts';
import { countsSql } from '../../../cli/load/event-counts.ts';
import { eventDifferences } from '../../../cli/load/ingested.ts';
import { refuseOtherDataset } from '../../../cli/load/load-dataset.ts';
import { Prefix } from '../../../cli/load/prefix.ts';
import { ReceiptStore } from '../../../cli/load/receipt.ts';
import { sendEvents } from '../../../cli/load/send-events.ts';
import { Random } from '../../fixtures/random.ts';
import { fakeStream } from '../producer/fake-stream.ts';
import { memoryBucket } from './memory-bucket.ts';

const bucket = memoryBucket();
beforeEach(() => bucket.objects.clear());

const sequence = (count: number): EventSequence => ({
  stream: 'transaction-events',
  records: async function* (from) {
    for (let n = from; n < count; n++) yield { partitionKey: `k${n % 50}`, data: Buffer.from(String(n)) };
  },
});

const openStore = () => ReceiptStore.open(bucket.client, 'operations', { dataset: 'd', content: 'c' });

describe('a prefix', () => {
  it('is as long as what came without a gap', () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 0 });
    fc.assert(
      fc.property(orders, (order) => {
        const prefix = new Prefix(0);
        for (const index of order) prefix.add(index);
        const missing = [0, 1, 2, 3, 4, 5, 6, 7, 8].find((index) => !order.includes(index));
        expect(prefix.length).toBe(missing);
      }),
    );
  });
});

describe('sending events of a dataset', () => {
  it('notes how far it came, and where in the stream they lie', async () => {
    const stream = fakeStream({ random: new Random(3), delayMs: 3 });
    const store = await openStore();
    await sendEvents(sequence(1_234), { client: stream.client, stream: 'tx', store });
    expect(store.receipt.streams.tx).toEqual({
      sent: 1_234,
      shards: { 'shardId-000000000000': { first: '1', last: '1234' } },
    });
    expect((await openStore()).receipt).toEqual(store.receipt);
  });

  it('sends nothing again once all is noted', async () => {
    const stream = fakeStream({});
    const store = await openStore();
    for (let time = 0; time < 2; time++) await sendEvents(sequence(10), { client: stream.client, stream: 'tx', store });
    expect(stream.taken).toHaveLength(10);
  });

  it('goes on after a failure where the receipt has come to, and loses nothing', async () => {
    let isBroken = true;
    const stream = fakeStream({
      random: new Random(5),
      delayMs: 2,
      weather: (request) => (isBroken && request > 20 ? 'broken' : 'fine'),
    });
    const first = await openStore();
    const options = { client: stream.client, stream: 'tx' };
    await expect(sendEvents(sequence(5_000), { ...options, store: first })).rejects.toMatchObject({
      code: 'records_not_sent',
    });
    isBroken = false;
    const second = await openStore();
    const { sent = 0 } = second.receipt.streams.tx ?? {};
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(5_000);
    await sendEvents(sequence(5_000), { ...options, store: second });
    expect(new Set(stream.taken.map(({ text }) => text)).size).toBe(5_000);
    expect(second.receipt.streams.tx?.sent).toBe(5_000);
  });
});

describe('counts of events', () => {
  const receipt = {
    startedAt: '2026-11-21T10:00:00.000Z',
    streams: { tx: { sent: 2, shards: { 'shard-0': { first: '998', last: '1002' } } } },
  };

  it('go by distinct ids between the first and the last position', () => {
    const sql = countsSql(receipt, ['pos_transactions']);
    expect(sql).toContain('count(distinct _event_id)');
    expect(sql).toContain("ingest_date >= '2026-11-21'");
    expect(sql).toContain(
      `_origin = 'tx/shard-0' and lpad(_position, 64, '0') between '${'998'.padStart(64, '0')}' and '${'1002'.padStart(64, '0')}'`,
    );
  });

  it('that differ from what was sent are told by source', () => {
    const found = new Map([
      ['a', { received: 10, accepted: 9, quarantined: 1 }],
      ['b', { received: 10, accepted: 9, quarantined: 1 }],
      ['unknown', { received: 1, accepted: 0, quarantined: 1 }],
    ]);
    expect(
      eventDifferences({ a: { received: 10 }, b: { received: 10, quarantined: 1 } }, new Map([...found].slice(0, 2))),
    ).toEqual([]);
    expect(
      eventDifferences({ a: { received: 10, quarantined: 2 }, b: { received: 11 }, c: { received: 1 } }, found),
    ).toEqual([
      'events of a: sent 10, 2 of them to be refused, accepted 9, refused 1',
      'events of b: sent 11, accepted 9, refused 1',
      'events of c: sent 1, accepted 0, refused 0',
      'events of unknown: sent 0, accepted 0, refused 1',
    ]);
  });
});

describe('a lake', () => {
  it('takes one dataset, beside reference data', async () => {
    bucket.objects.set('loads/reference-countries-0123.json', '{}');
    await refuseOtherDataset('synthetic', bucket.client, 'operations');
    bucket.objects.set('loads/complete-journey.json', '{}');
    await refuseOtherDataset('complete-journey', bucket.client, 'operations');
    await expect(refuseOtherDataset('synthetic', bucket.client, 'operations')).rejects.toMatchObject({
      code: 'other_dataset',
      advice: expect.stringContaining('npm run demo -- --dataset synthetic'),
    });
  });
});
