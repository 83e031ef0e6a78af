import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { stores } from '../../../events/contracts/stores.ts';
import { supportTickets } from '../../../events/contracts/support-tickets.ts';
import { createProducer, type EventData, RowRefused } from '../../../events/producer/index.ts';
import { fakeStream } from './fake-stream.ts';

const line: EventData<typeof posTransactions> = {
  transaction_id: 'T-1',
  line_number: 1,
  store_id: 'S001',
  product_id: 'P-9',
  quantity: 2,
  unit_price: '0.5',
  total_amount: '1.00',
  currency: 'GBP',
  channel: 'in_store',
  order_status: 'delivered',
  transaction_at: '2026-10-31T11:53:26+01:00',
  updated_at: '2026-10-31T11:53:26Z',
};

function givenProducer() {
  const stream = fakeStream({});
  const streams = { 'transaction-events': 'tx', 'customer-events': 'cx' };
  const producer = createProducer({ client: stream.client, streams, source: 'urn:example:till:7', lingerMs: 0 });
  return { stream, producer };
}

describe('the producer', () => {
  it('makes events that ingestion reads as they are', async () => {
    const { stream, producer } = givenProducer();
    await producer.send(posTransactions, line, { id: 'e-1', subject: 'T-1' });
    await producer.close();
    const [sent] = stream.taken;
    const event = decodeEvent(Buffer.from(sent?.text ?? ''));
    expect(event).toMatchObject({ contract: posTransactions, id: 'e-1', data: line });
    expect(JSON.parse(sent?.text ?? '')).toMatchObject({
      specversion: '1.0',
      source: 'urn:example:till:7',
      type: 'com.tributary.pos.line.recorded',
      dataschema: 'urn:tributary:pos_transactions:v1',
      datacontenttype: 'application/json',
      time: '2026-10-31T10:53:26.000000Z',
      subject: 'T-1',
    });
  });

  it('keeps together what is about the same entity, unless told otherwise', async () => {
    const { stream, producer } = givenProducer();
    await producer.send(posTransactions, line);
    await producer.send(posTransactions, line, { partitionKey: 'x'.repeat(300) });
    await producer.close();
    expect(stream.taken.map(({ key }) => key)).toEqual(['T-1/1', 'x'.repeat(256)]);
  });

  it('sends each contract to its stream, under distinct ids', async () => {
    const { stream, producer } = givenProducer();
    const at = '2026-10-31T11:00:00Z';
    await producer.send(posTransactions, line);
    await producer.send(supportTickets, { ticket_id: '1', status: 'open', created_at: at, updated_at: at });
    await producer.close();
    expect(new Set(stream.inputs().map(({ StreamName }) => StreamName))).toEqual(new Set(['tx', 'cx']));
    expect(new Set(stream.taken.map(({ text }) => JSON.parse(text).id)).size).toBe(2);
  });

  it('refuses a row that its contract refuses, without sending it or showing personal values', async () => {
    const { stream, producer } = givenProducer();
    const refused = producer.send(posTransactions, { ...line, quantity: 0 });
    await expect(refused).rejects.toBeInstanceOf(RowRefused);
    await expect(refused).rejects.toMatchObject({
      code: 'row_refused',
      where: 'pos_transactions',
      problems: [{ code: 'too_small', field: 'quantity' }],
    });
    await producer.close();
    expect(stream.taken).toEqual([]);
  });

  it('refuses sources without a stream, streams that it was not given, and events that are too large', async () => {
    const stream = fakeStream({});
    const producer = createProducer({ client: stream.client, streams: {}, source: 'urn:example:till:7' });
    const store = { store_id: 'S1', store_name: 'London', country: 'GB', updated_at: '2026-10-31T00:00:00Z' };
    await expect(producer.send(stores, store)).rejects.toMatchObject({ code: 'no_stream' });
    await expect(producer.send(posTransactions, line)).rejects.toMatchObject({ code: 'unknown_stream' });
    const huge = { ...line, payment_method: 'x'.repeat(300_000) };
    await expect(producer.send(posTransactions, huge)).rejects.toMatchObject({ code: 'event_too_large' });
  });
});
