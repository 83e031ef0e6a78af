import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { receive, type WebhookCall } from '../../../events/webhook/receive.ts';
import { parseSenders, type WebhookSender } from '../../../events/webhook/sender.ts';
import { secretCache } from '../../../lambdas/webhook/secrets.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const SECRET = 'a signing secret';
const standard: WebhookSender = {
  name: 'shop',
  signature: { kind: 'standard' },
  idHeader: 'webhook-id',
  sources: ['ecommerce_orders', 'erp_products'],
};
const hub: WebhookSender = {
  name: 'carrier',
  signature: { kind: 'body', header: 'X-Hub-Signature-256', encoding: 'hex', prefix: 'sha256=' },
  idHeader: 'X-Delivery',
  sources: ['shipping_orders'],
};

const hmac = (text: string, encoding: 'hex' | 'base64', key: string | Buffer = SECRET) =>
  createHmac('sha256', key).update(text).digest(encoding);

const order = { order_id: 'o1', channel: 'online' };

function call(body: unknown, changes: Partial<WebhookCall> = {}, key: string | Buffer = SECRET): WebhookCall {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(NOW / 1000);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'webhook-id': 'd1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac(`d1.${timestamp}.${text}`, 'base64', key)}`,
  };
  return {
    sender: 'shop',
    source: 'ecommerce_orders',
    body: Buffer.from(text),
    receivedAt: NOW,
    ...changes,
    headers: { ...headers, ...changes.headers },
  };
}

const at = (made: WebhookCall, secrets: readonly string[] = [SECRET]) =>
  receive(made, { senders: [standard, hub], secretsOf: async () => secrets });

async function events(made: WebhookCall) {
  const outcome = await at(made);
  if (!('records' in outcome)) throw new Error(outcome.message);
  return outcome.records.map(({ data }) => JSON.parse(Buffer.from(data).toString()));
}

describe('a signed call', () => {
  it('becomes an event that ingestion reads', async () => {
    const outcome = await at(call(order));
    expect(outcome).toMatchObject({ stream: 'transaction-events', records: [{ partitionKey: 'o1' }] });
    const [record] = 'records' in outcome ? outcome.records : [];
    expect(decodeEvent(Buffer.from(record?.data ?? []))).toMatchObject({
      contract: { source: 'ecommerce_orders' },
      id: 'd1-0',
      data: order,
    });
  });

  it('may carry a list; a repeated delivery makes the same events', async () => {
    const twice = [await events(call([order, { order_id: 'o2' }])), await events(call([order, { order_id: 'o2' }]))];
    expect(twice[0]?.map(({ id, data }) => [id, data.order_id])).toEqual([
      ['d1-0', 'o1'],
      ['d1-1', 'o2'],
    ]);
    expect(twice[1]).toEqual(twice[0]);
  });

  it('is taken whatever its records look like: ingestion says what is wrong with them', async () => {
    expect(await at(call({ nonsense: true }))).toMatchObject({ records: [{ partitionKey: 'd1-0' }] });
  });

  it('of another scheme is signed over its body', async () => {
    const text = JSON.stringify({ shipment_id: 's1' });
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${hmac(text, 'hex')}` };
    const made = { sender: 'carrier', source: 'shipping_orders', headers, body: Buffer.from(text), receivedAt: NOW };
    expect(await at(made)).toMatchObject({ stream: 'operations-events', records: [{ partitionKey: 's1' }] });
    // Without an id of its own, a delivery is known by its body.
    expect((await events(made))[0]?.id).toBe((await events({ ...made, receivedAt: NOW + 1 }))[0]?.id);
  });

  it('may use either secret while one is exchanged for the other', async () => {
    expect(await at(call(order), ['new one', SECRET])).toHaveProperty('records');
  });

  it('may use a key in the form of the standard', async () => {
    const key = Buffer.from('0123456789abcdef0123456789abcdef');
    expect(await at(call(order, {}, key), [`whsec_${key.toString('base64')}`])).toHaveProperty('records');
  });
});

describe('a call is refused', () => {
  const late = { 'webhook-timestamp': String(NOW / 1000 - 301) };
  it.each<[string, WebhookCall, number]>([
    ['for an unknown sender', call(order, { sender: 'nobody' }), 404],
    ['for a source that is not the sender’s', call(order, { source: 'shipping_orders' }), 404],
    ['for a source without a stream', call(order, { source: 'erp_products' }), 404],
    ['without a signature', call(order, { headers: { 'webhook-signature': undefined } }), 401],
    ['with a signature of nothing', call(order, { headers: { 'webhook-signature': 'v1,' } }), 401],
    ['signed with another secret', call(order, {}, 'guessed'), 401],
    ['with a body that was changed', { ...call(order), body: Buffer.from('{"order_id":"o2"}') }, 401],
    ['when it is old', call(order, { headers: late }), 401],
    ['when its time is no number', call(order, { headers: { 'webhook-timestamp': 'now' } }), 401],
    ['without an id', call(order, { headers: { 'webhook-id': undefined } }), 401],
    ['in another format', call(order, { headers: { 'content-type': 'text/xml' } }), 415],
    ['with a body that is no JSON', call('{"a":'), 400],
    ['with a body that is no record', call([1, 2]), 400],
    ['with a record beyond the size of an event', call({ note: 'x'.repeat(256 * 1024) }), 413],
    ['with a body beyond the size of a call', call('x'.repeat(6 * 1024 * 1024 + 1)), 413],
  ])('%s', async (_, made, status) => {
    expect(await at(made)).toMatchObject({ status });
  });

  it('with any other signature', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.base64String(), async (version, signature) => {
        const headers = { 'webhook-signature': `${version},${signature} v1,${signature}` };
        expect(await at(call(order, { headers }))).toMatchObject({ status: 401 });
      }),
    );
  });
});

describe('secrets', () => {
  it('are read again after a while, and may be several', async () => {
    let now = 0;
    const asked: string[] = [];
    const cache = secretCache(
      async ({ name }) => {
        asked.push(name);
        return ' old \n\nnew\n';
      },
      () => now,
    );
    expect(await cache.of(standard)).toEqual(['old', 'new']);
    await cache.of(standard);
    expect(asked).toEqual(['shop']);
    now = 5 * 60 * 1000;
    await cache.of(standard);
    expect(asked).toEqual(['shop', 'shop']);
  });
});

describe('senders', () => {
  it('are read as the infrastructure writes them', () => {
    expect(parseSenders(JSON.stringify([standard, hub]))).toEqual([standard, hub]);
    expect(() => parseSenders('[{"name":"x"}]')).toThrow();
  });
});
