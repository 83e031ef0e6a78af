import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { s3ObjectStore } from '../../../lambdas/shared/object-store.ts';
import { type S3Server, startS3Server } from '../../fixtures/s3-server.ts';

describe('the S3 object store', () => {
  let server: S3Server;

  beforeEach(async () => {
    server = await startS3Server();
  });

  afterEach(() => server.close());

  it('writes, finds, reads and removes objects', async () => {
    const store = s3ObjectStore(server.s3);
    await store.write('b', 'folder/a b.csv', 'content');
    const head = await store.head('b', 'folder/a b.csv');
    expect(head).toMatchObject({ bytes: 7, etag: server.etag('b/folder/a b.csv').replaceAll('"', '') });
    const chunks: Uint8Array[] = [];
    for await (const chunk of await store.stream(head ?? { bucket: '', key: '', etag: '' })) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('content');
    await store.remove('b', 'folder/a b.csv');
    expect(await store.head('b', 'folder/a b.csv')).toBeUndefined();
  });

  it('writes streams as they come', async () => {
    const store = s3ObjectStore(server.s3);
    const pieces = async function* () {
      yield Buffer.from('first ');
      yield Buffer.from('second');
    };
    await store.writeStream('b', 'streamed.txt', pieces());
    const head = await store.head('b', 'streamed.txt');
    expect(head?.bytes).toBe(12);
  });

  it('leaves no object of a stream that breaks off', async () => {
    const store = s3ObjectStore(server.s3);
    const pieces = async function* () {
      yield Buffer.from('first ');
      throw new Error('cut off');
    };
    await expect(store.writeStream('b', 'broken.txt', pieces())).rejects.toThrow('cut off');
    expect(await store.head('b', 'broken.txt')).toBeUndefined();
  });

  it('reads no version but the one asked for', async () => {
    const store = s3ObjectStore(server.s3);
    await store.write('b', 'a.csv', 'new');
    await expect(store.stream({ bucket: 'b', key: 'a.csv', etag: 'old' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe('requests to S3', () => {
  it('that fail for other reasons than absence are not taken for absence', async () => {
    const s3 = mockClient(S3Client);
    s3.on(HeadObjectCommand).rejects(new Error('connection reset'));
    await expect(s3ObjectStore(new S3Client({})).head('b', 'k')).rejects.toThrow('connection reset');
    s3.restore();
  });
});
