import { afterEach, describe, expect, it, vi } from 'vitest';
import { contractOf } from '../../../events/contracts/index.ts';
import { type RestoredRecord, replayBronze } from '../../../events/replay/replay-bronze.ts';
import { ingestFile } from '../../../lambdas/ingest-file/ingest-file.ts';
import { ingestBatch } from '../../../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake } from '../../../lambdas/ingest-stream/stream-intake.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { posEvent } from '../../fixtures/pos-event.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const contractNamed = (source: string) => {
  const contract = contractOf(source);
  if (contract === undefined) throw new Error(`no contract ${source}`);
  return contract;
};

function lake() {
  const store = new MemoryObjectStore();
  const keys = new MemoryKeys();
  const destination = { store, bronze: 'bronze', quarantine: 'quarantine', operations: 'operations', keys };
  const replay = async (source: string, from: string, to: string, isDryRun = false) => {
    const sent: RestoredRecord[] = [];
    const counts = await replayBronze(
      contractNamed(source),
      { from: new Date(from), to: new Date(to) },
      {
        objects: async (prefix) => store.keys('bronze').filter((key) => key.startsWith(prefix)),
        read: async (key) => new Uint8Array(store.bytes('bronze', key)).buffer,
        keys,
        send: async (records) => void sent.push(...records),
      },
      isDryRun,
    );
    return { counts, sent };
  };
  const stream = (events: readonly { readonly at: string; readonly event: unknown }[], first = 1000) =>
    ingestBatch(
      {
        stream: 'transaction-events',
        shard: 'shardId-0',
        records: events.map(({ at, event }, index) => ({
          sequenceNumber: String(first + index),
          arrivedAt: new Date(at),
          data: Buffer.from(JSON.stringify(event)),
        })),
      },
      new StreamIntake(),
      destination,
    );
  const land = (key: string, body: string) => ingestFile(store.put('landing', key, body), destination);
  return { store, keys, replay, stream, land };
}

describe('a replay of accepted records', () => {
  it('sends those that arrived in the range, in order, under their ids and with their values', async () => {
    const { stream, replay } = lake();
    const event = (id: string) => posEvent({ id }, { transaction_id: id, unit_price: 0.1234, note: 'unknown' });
    await stream([
      { at: '2026-11-21T09:00:00Z', event: event('before') },
      { at: '2026-11-21T09:00:01Z', event: event('b') },
      { at: '2026-11-21T09:59:59.999Z', event: event('a') },
      { at: '2026-11-21T10:00:00Z', event: event('after') },
    ]);
    const { counts, sent } = await replay('pos_transactions', '2026-11-21T09:00:01Z', '2026-11-21T10:00:00Z');
    expect(counts).toEqual({ sent: 2, repeated: 0, erased: 0 });
    expect(sent.map(({ eventId }) => eventId)).toEqual(['b', 'a']);
    expect(sent[0]?.data).toEqual({
      transaction_id: 'b',
      line_number: 1,
      store_id: '330',
      customer_id: '900',
      product_id: '1095275',
      quantity: 2,
      unit_price: '0.1234',
      discount_amount: '0.00',
      coupon_amount: '0.00',
      total_amount: '1.00',
      currency: 'GBP',
      channel: 'in_store',
      fulfillment: 'in_store',
      order_status: 'delivered',
      transaction_at: expect.stringMatching(/^2017-01-01T11:53:26(\.0+)?Z$/),
      updated_at: expect.stringMatching(/^2017-01-01T11:53:26(\.0+)?Z$/),
      note: 'unknown',
    });
  });

  it('sends a version that was received several times once, as it was last received', async () => {
    const { stream, replay } = lake();
    await stream([
      { at: '2026-11-21T09:00:00Z', event: posEvent({ id: 'first' }) },
      { at: '2026-11-21T09:00:01Z', event: posEvent({ id: 'corrected' }, { total_amount: 2 }) },
    ]);
    // The same positions again, as a batch that was delivered twice.
    await stream([{ at: '2026-11-21T09:00:01Z', event: posEvent({ id: 'corrected' }, { total_amount: 2 }) }], 1001);
    const { counts, sent } = await replay('pos_transactions', '2026-11-21', '2026-11-22');
    expect(counts).toEqual({ sent: 1, repeated: 1, erased: 0 });
    expect(sent).toMatchObject([{ eventId: 'corrected', data: { total_amount: '2.00' } }]);
  });

  it('decrypts personal fields, and leaves out who was erased', async () => {
    const { land, replay, keys, store } = lake();
    const rows = [
      { customer_id: 'c1', email: 'ada@example.com', updated_at: '2026-11-20T10:00:00Z', shoe_size: 7 },
      { customer_id: 'c2', email: 'bob@example.com', updated_at: '2026-11-20T10:00:00Z' },
    ];
    await land('crm_customers/a.ndjson', rows.map((row) => JSON.stringify(row)).join('\n'));
    const day = ['2026-11-21', '2026-11-22'] as const;
    const { sent } = await replay('crm_customers', ...day);
    expect(sent.map(({ data }) => data.email)).toEqual(['ada@example.com', 'bob@example.com']);
    const origin = `crm_customers/a.ndjson#${(await store.head('landing', 'crm_customers/a.ndjson'))?.etag}`;
    expect(sent[0]?.eventId).toBe(`${origin}#1`);

    for (const name of keys.made) keys.erased.add(name);
    expect((await replay('crm_customers', ...day)).counts).toEqual({ sent: 0, repeated: 0, erased: 2 });
  });

  it('only counts in a dry run, and finds nothing where nothing arrived', async () => {
    const { stream, replay } = lake();
    await stream([{ at: '2026-11-21T09:00:00Z', event: posEvent() }]);
    const dry = await replay('pos_transactions', '2026-11-21', '2026-11-22', true);
    expect([dry.counts.sent, dry.sent]).toEqual([1, []]);
    expect((await replay('pos_transactions', '2026-11-22', '2026-11-23')).counts.sent).toBe(0);
  });
});
