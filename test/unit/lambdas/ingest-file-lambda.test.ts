import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Conditions, FileOutcome } from '../../../lambdas/ingest-file/ingest-file.ts';

const ingestFile = vi.hoisted(() => vi.fn<(...args: readonly unknown[]) => Promise<FileOutcome>>());
vi.mock('../../../lambdas/ingest-file/ingest-file.ts', () => ({ ingestFile }));
vi.mock('../../../lambdas/shared/intake-destination.ts', () => ({ s3Destination: () => ({}) }));

const sqs = mockClient(SQSClient);
const body = JSON.stringify({ detail: { bucket: { name: 'landing' }, object: { key: 'a/b.csv', etag: 'e' } } });
const event = { Records: [{ body }] } as SQSEvent;

async function call(remainingMillis: number): Promise<void> {
  const { handler } = await import('../../../lambdas/ingest-file/ingest-file.lambda.ts');
  const context = { functionName: 'f', getRemainingTimeInMillis: () => remainingMillis } as unknown as Context;
  await handler(event, context);
}

beforeEach(() => {
  vi.stubEnv('LANDING_QUEUE_URL', 'https://queue.example/landing');
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
});
afterEach(() => vi.unstubAllEnvs());

it('a file that outlasts the call is told of again, in the same words', async () => {
  ingestFile.mockResolvedValueOnce({ status: 'unfinished', received: 7 });
  await call(100_000);
  expect(sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input)).toEqual([
    { QueueUrl: 'https://queue.example/landing', MessageBody: body },
  ]);
});

it('a file that is done is not', async () => {
  ingestFile.mockResolvedValueOnce({ status: 'skipped', reason: 'taken in before' });
  await call(100_000);
  expect(sqs.calls()).toHaveLength(0);
});

it('a call that could not tell of a file fails, so that the queue delivers it again', async () => {
  ingestFile.mockResolvedValueOnce({ status: 'unfinished', received: 7 });
  sqs.on(SendMessageCommand).rejects(new Error('throttled'));
  await expect(call(100_000)).rejects.toThrow('throttled');
});

it.each([
  [100_000, true],
  [80_000, false],
])('with %i milliseconds left there is time: %s', async (remaining, expected) => {
  ingestFile.mockResolvedValueOnce({ status: 'skipped', reason: '' });
  await call(remaining);
  const conditions = ingestFile.mock.lastCall?.[2] as Conditions;
  expect(conditions.hasTime?.()).toBe(expected);
});
