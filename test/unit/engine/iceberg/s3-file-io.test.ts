import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { s3FileIo } from '../../../../engine/iceberg/index.ts';

const s3 = mockClient(S3Client);
const io = s3FileIo(new S3Client({ region: 'us-east-1' }));

beforeEach(() => {
  s3.reset();
});

const deletedKeys = (): (readonly (string | undefined)[])[] =>
  s3.commandCalls(DeleteObjectsCommand).map((call) => (call.args[0].input.Delete?.Objects ?? []).map(({ Key }) => Key));

describe('s3FileIo', () => {
  it('names a file that is missing', async () => {
    s3.on(GetObjectCommand).rejects(new NoSuchKey({ $metadata: {}, message: 'gone' }));
    await expect(io.read('s3://lake/a/b.avro')).rejects.toMatchObject({
      code: 'object_missing',
      where: 's3://lake/a/b.avro',
    });
  });

  it('deletes a thousand keys at a time, by bucket', async () => {
    s3.on(DeleteObjectsCommand).resolves({});
    await io.delete([...Array.from({ length: 1001 }, (_, index) => `s3://lake/${index}`), 's3://other/x']);
    expect(deletedKeys().map((keys) => keys.length)).toEqual([1000, 1, 1]);
  });

  it('tries again the keys that S3 was too busy for, and only these', async () => {
    s3.on(DeleteObjectsCommand)
      .resolvesOnce({ Errors: [{ Key: 'b', Code: 'SlowDown' }] })
      .resolves({});
    await io.delete(['s3://lake/a', 's3://lake/b']);
    expect(deletedKeys()).toEqual([['a', 'b'], ['b']]);
  });

  it('fails at once on a key that it may not delete', async () => {
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'b', Code: 'AccessDenied', Message: 'no' }] });
    await expect(io.delete(['s3://lake/b'])).rejects.toMatchObject({ code: 'delete_failed', where: 's3://lake/b' });
    expect(deletedKeys()).toHaveLength(1);
  });
});
