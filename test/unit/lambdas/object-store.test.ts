import { CopyObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
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

  it('reads no version but the one asked for', async () => {
    const store = s3ObjectStore(server.s3);
    await store.write('b', 'a.csv', 'new');
    await expect(store.stream({ bucket: 'b', key: 'a.csv', etag: 'old' })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 412 },
    });
  });
});

describe('requests to S3', () => {
  it('copy the version meant, its key encoded', async () => {
    const s3 = mockClient(S3Client);
    await s3ObjectStore(new S3Client({})).copy(
      { bucket: 'landing', key: 'a/b c+d.csv', etag: 'e' },
      'quarantine',
      'files/x',
    );
    expect(s3.commandCalls(CopyObjectCommand)[0]?.args[0].input).toEqual({
      CopySource: 'landing/a/b%20c%2Bd.csv',
      CopySourceIfMatch: '"e"',
      Bucket: 'quarantine',
      Key: 'files/x',
    });
    s3.restore();
  });

  it('that fail for other reasons than absence are not taken for absence', async () => {
    const s3 = mockClient(S3Client);
    s3.on(HeadObjectCommand).rejects(new Error('connection reset'));
    await expect(s3ObjectStore(new S3Client({})).head('b', 'k')).rejects.toThrow('connection reset');
    s3.restore();
  });
});
