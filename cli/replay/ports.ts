import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { lambda, s3, sqs } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { type EventData, EventFactory } from '../../events/producer/event.ts';
import type { DeadLetterPorts } from '../../events/replay/dead-letters.ts';
import type { FailedBatchPorts } from '../../events/replay/failed-batches.ts';
import type { BronzeReplayPorts, RestoredRecord } from '../../events/replay/replay-bronze.ts';
import type { ReplayRoads } from '../../events/replay/replay-quarantine.ts';
import type { Platform } from '../../infra/platform.ts';
import { s3ObjectStore } from '../../lambdas/shared/object-store.ts';
import { keysAt } from '../../lambdas/shared/platform-keys.ts';

async function keysBelow(client: S3Client, Bucket: string, Prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  return keys;
}

const markOf = (key: string): string => `replays/failed-batches/${key}.json`;

/** The on-failure destination, Lambda, and marks of what was replayed. */
export const failedBatchPorts = (
  { buckets }: Pick<Platform, 'buckets'>,
  clients: { readonly s3: S3Client; readonly lambda: LambdaClient } = { s3: s3(), lambda: lambda() },
): FailedBatchPorts => ({
  keys: (prefix) => keysBelow(clients.s3, buckets.landing, prefix),
  read: async (Key) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: buckets.landing, Key }));
    return (await Body?.transformToString()) ?? '';
  },
  isDone: async (key) => (await s3ObjectStore(clients.s3).head(buckets.operations, markOf(key))) !== undefined,
  markDone: async (key, note) => {
    const Body = JSON.stringify({ ...note, replayed_at: new Date().toISOString() });
    await clients.s3.send(new PutObjectCommand({ Bucket: buckets.operations, Key: markOf(key), Body }));
  },
  invoke: async (FunctionName, payload) => {
    const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(payload) });
    const { FunctionError, Payload } = await clients.lambda.send(command);
    if (FunctionError === undefined) return;
    throw new TributaryError({
      code: 'failed_again',
      message: Buffer.from(Payload ?? [])
        .toString()
        .slice(0, 500),
      where: FunctionName,
      advice: 'its log tells why; the batch stays where it is',
    });
  },
});

/** The queues of landed files. */
export async function deadLetterPorts(
  { queues }: Pick<Platform, 'queues'>,
  client: SQSClient = sqs(),
): Promise<DeadLetterPorts> {
  const urlOf = async (QueueName: string): Promise<string> =>
    (await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';
  const [landing, dead] = await Promise.all([urlOf(queues.landing), urlOf(queues.landingDeadLetters)]);
  return {
    receive: async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '' }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
      }));
    },
    send: async (MessageBody) => {
      await client.send(new SendMessageCommand({ QueueUrl: landing, MessageBody }));
    },
    remove: async (ReceiptHandle) => {
      await client.send(new DeleteMessageCommand({ QueueUrl: dead, ReceiptHandle }));
    },
  };
}

/** By which road accepted records go again. */
export type BronzeRoad = 'stream' | 'file';

/** Bronze, and the roads. */
export function bronzePorts(
  contract: Contract,
  platform: Platform,
  road: BronzeRoad,
  roads: ReplayRoads,
  client: S3Client = s3(),
): BronzeReplayPorts {
  const Bucket = platform.buckets.bronze;
  const started = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const factory = new EventFactory(`urn:tributary:replay:${contract.source}`);
  let files = 0;
  return {
    keys: keysAt(platform),
    objects: (prefix) => keysBelow(client, Bucket, prefix),
    read: async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return new Uint8Array((await Body?.transformToByteArray()) ?? []).buffer;
    },
    send: async (records) => {
      if (road === 'stream') {
        await roads.put(
          contract.transport.stream?.stream ?? '',
          records.map((record) => eventOf(contract, record, factory)),
        );
        return;
      }
      files += 1;
      const key = `${contract.source}/replays/bronze-${started}-${String(files).padStart(4, '0')}.ndjson`;
      await roads.land(key, records.map(({ data }) => `${JSON.stringify(data)}\n`).join(''));
    },
  };
}

const eventOf = (contract: Contract, { data, eventId }: RestoredRecord, factory: EventFactory) =>
  factory.event(contract, data as EventData<Contract>, { id: eventId }).record;
