import { Readable } from 'node:stream';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import {
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { kinesis, s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import { openedFile } from '../../events/intake/file-cipher.ts';
import type { StreamRecord } from '../../events/producer/record.ts';
import { StreamWriter } from '../../events/producer/stream-writer.ts';
import { recordId } from '../../events/replay/quarantined-row.ts';
import type { PlanStore } from '../../events/replay/replay-memory.ts';
import type { ReplayRoads } from '../../events/replay/replay-quarantine.ts';
import type { Platform } from '../../infra/platform.ts';
import { s3ObjectStore } from '../../lambdas/shared/object-store.ts';
import { keysAt } from '../../lambdas/shared/platform-keys.ts';

const bare = (etag = ''): string => etag.replaceAll('"', '');

/** The landing bucket and the streams. */
export function replayRoads(
  { buckets, streams, ...places }: Pick<Platform, 'buckets' | 'streams' | 'subjectKeyTable' | 'personalDataKey'>,
  clients: { readonly s3: S3Client; readonly kinesis: KinesisClient } = { s3: s3(), kinesis: kinesis() },
): ReplayRoads {
  const Bucket = buckets.landing;
  return {
    land: async (Key, Body) => {
      const { ETag } = await clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
      return `${Key}#${bare(ETag)}`;
    },
    landAgain: async (uri, Key) => {
      const { bucket, key } = parseS3Uri(uri);
      const store = s3ObjectStore(clients.s3);
      const sealed = await store.head(bucket, key);
      if (sealed === undefined) throw noSuchCopy(uri);
      const Body = Readable.from(openedFile(await store.stream(sealed), keysAt(places)));
      const { ETag } = await new Upload({ client: clients.s3, params: { Bucket, Key, Body } }).done();
      return `${Key}#${bare(ETag)}`;
    },
    put: async (stream, events) => {
      const ids = new Map<StreamRecord, string>();
      const writer = new StreamWriter({
        client: clients.kinesis,
        stream: streams[stream] ?? stream,
        onDelivered: (deliveries) => {
          for (const { record, position } of deliveries) {
            ids.set(record, recordId({ origin: `${stream}/${position.shard}`, position: position.sequenceNumber }));
          }
        },
      });
      for (const event of events) await writer.write(event);
      await writer.close();
      return events.map((event) => ids.get(event) ?? '');
    },
  };
}

const noSuchCopy = (where: string): TributaryError =>
  new TributaryError({
    code: 'no_such_copy',
    message: 'the copy of the refused file is not there any more',
    where,
    advice: 'ask its sender for it again',
  });

/** Plans as objects of the operations bucket. */
export const planStore = (bucket: string, client: S3Client = s3()): PlanStore => ({
  keys: async (prefix) => {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    }
    return keys;
  },
  read: async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  },
  create: async (key, text) => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, IfNoneMatch: '*' }));
      return true;
    } catch (thrown) {
      const status = thrown instanceof S3ServiceException ? thrown.$metadata.httpStatusCode : undefined;
      if (status === 409 || status === 412) return false;
      throw thrown;
    }
  },
  write: async (key, text) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text }));
  },
});
