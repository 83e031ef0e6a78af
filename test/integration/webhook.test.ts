import { createHmac, randomUUID } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { secretsManager, ssm } from '../../common/aws.ts';
import { webhookSecretName } from '../../events/webhook/sender.ts';
import { WEBHOOK_URL_PARAMETER } from '../../infra/names.ts';
import type { Platform } from '../../infra/platform.ts';

let platform: Platform;
let address: string;
let secret: string;

beforeAll(async () => {
  platform = await loadPlatform();
  const { Parameter } = await ssm().send(new GetParameterCommand({ Name: WEBHOOK_URL_PARAMETER }));
  // The emulator serves an API under a path, not under a host of its own.
  const api = new URL(Parameter?.Value ?? '').hostname.split('.')[0];
  address = `${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${api}/$default/webhooks`;
  const { SecretString = '' } = await secretsManager().send(
    new GetSecretValueCommand({ SecretId: webhookSecretName({ name: 'shop' }) }),
  );
  secret = SecretString;
});

function post(path: string, body: string, key: string): Promise<Response> {
  const id = randomUUID();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return fetch(`${address}/${path}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  });
}

const item = (order_id: string, line_number: number) => ({
  order_id,
  line_number,
  product_id: 'p1',
  quantity: 1,
  unit_price: 5,
  total_amount: 5,
  currency: 'GBP',
  updated_at: '2026-10-01T10:00:00Z',
});

describe('the webhook', () => {
  it('puts signed records into bronze, by way of their stream', async () => {
    const order = randomUUID();
    const response = await post('shop/ecommerce_order_items', JSON.stringify([item(order, 1), item(order, 2)]), secret);
    expect([response.status, await response.json()]).toEqual([202, { accepted: 2 }]);
    const sql = `select line_number from bronze.ecommerce_order_items where order_id = '${order}' order by 1`;
    await vi.waitFor(
      async () =>
        expect(await queryRows(sql, { workgroup: platform.workgroup })).toEqual([
          { line_number: 1 },
          { line_number: 2 },
        ]),
      { timeout: 60_000, interval: 1_000 },
    );
  });

  it('turns away calls that the sender has not signed', async () => {
    const response = await post('shop/ecommerce_order_items', JSON.stringify(item('forged', 1)), 'guessed');
    expect([response.status, await response.json()]).toMatchObject([401, { code: 'not_signed' }]);
  });

  it('knows no sources but the sender’s', async () => {
    expect((await post('shop/pos_transactions', '{}', secret)).status).toBe(404);
  });
});
