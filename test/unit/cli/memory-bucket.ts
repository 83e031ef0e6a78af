import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

/** Objects of all buckets by key, behind every S3 client of the process. */
export function memoryBucket() {
  const mock = mockClient(S3Client);
  const objects = new Map<string, string>();
  mock.on(ListObjectsV2Command).callsFake(({ Prefix = '' }) => ({
    Contents: [...objects]
      .filter(([key]) => key.startsWith(Prefix))
      .map(([Key, body]) => ({ Key, ETag: createHash('md5').update(body).digest('hex') })),
  }));
  mock.on(GetObjectCommand).callsFake(({ Key }) => {
    const body = objects.get(Key);
    if (body === undefined) throw new NoSuchKey({ message: 'no such key', $metadata: {} });
    return { Body: { transformToString: async () => body } as GetObjectCommandOutput['Body'] };
  });
  mock.on(PutObjectCommand).callsFake(({ Key, Body }) => {
    objects.set(Key, String(Body));
    return {};
  });
  return { objects, client: new S3Client({ region: 'us-east-1' }), gets: () => mock.commandCalls(GetObjectCommand) };
}
