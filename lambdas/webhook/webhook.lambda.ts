import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { kinesis, secretsManager } from '../../common/aws.ts';
import { RecordsNotSent, StreamWriter } from '../../events/producer/index.ts';
import { type Received, receive } from '../../events/webhook/receive.ts';
import { parseSenders, webhookSecretName } from '../../events/webhook/sender.ts';
import { ENV, METRIC } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { secretCache } from './secrets.ts';

const senders = parseSenders(requireEnv(ENV.webhookSenders));
const secrets = secretCache(async (sender) => {
  const { SecretString = '' } = await secretsManager().send(
    new GetSecretValueCommand({ SecretId: webhookSecretName(sender) }),
  );
  return SecretString;
});

/** Puts signed records of a webhook into their stream; answers only when they are there. */
export const handler = lambdaHandler(
  'webhook',
  async (event: APIGatewayProxyEventV2, { logger, metrics }): Promise<APIGatewayProxyStructuredResultV2> => {
    const { sender = '', source = '' } = event.pathParameters ?? {};
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    const call = { sender, source, headers: event.headers, body, receivedAt: Date.now() };
    const outcome = await receive(call, { senders, secretsOf: secrets.of });
    if ('status' in outcome) {
      metrics.addMetric(METRIC.webhookCallsRefused, 'Count', 1);
      logger.warn('refused', { status: outcome.status, code: outcome.code });
      return answer(outcome.status, { code: outcome.code, message: outcome.message });
    }
    try {
      await put(outcome);
    } catch (thrown) {
      if (!(thrown instanceof RecordsNotSent)) throw thrown;
      logger.error('the stream takes no more', { sender, source });
      return { ...answer(503, { code: 'try_again', message: 'send the same call again' }), headers: RETRY };
    }
    logger.info('taken in', { sender, source, records: outcome.records.length });
    return answer(202, { accepted: outcome.records.length });
  },
);

const RETRY = { 'content-type': 'application/json', 'retry-after': '30' };

/** Few tries: the sender waits, and repeats the call itself. */
async function put({ stream, records }: Received): Promise<void> {
  const writer = new StreamWriter({ client: kinesis(), stream, lingerMs: 0, attempts: 4, requestTimeoutMs: 5_000 });
  for (const record of records) await writer.write(record);
  await writer.close();
}

const answer = (statusCode: number, body: object): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
