import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TributaryError } from '../../common/errors.ts';
import { s3Error } from '../../common/s3-errors.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { FileIo } from './ports.ts';

/** As many keys as one request may name. */
const DELETES_AT_ONCE = 1000;
/** Codes of single keys that S3 could not delete just now; the SDK repeats only requests that fail as a whole. */
const TRANSIENT: readonly (string | undefined)[] = ['SlowDown', 'InternalError', 'ServiceUnavailable'];
const DELETE_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;

/** Table files in S3. */
export const s3FileIo = (s3: S3Client): FileIo => ({
  async read(uri) {
    const { bucket, key } = parseS3Uri(uri);
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw s3Error(error, uri);
      throw new TributaryError({
        code: 'object_missing',
        message: 'a file of the table is not in its bucket',
        where: uri,
        advice: 'It was deleted outside Tributary, or its snapshot has expired since the table was read.',
        cause: error,
      });
    }
  },

  async write(uri, content) {
    const { bucket, key } = parseS3Uri(uri);
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    } catch (error) {
      throw s3Error(error, uri);
    }
  },

  async delete(uris) {
    const byBucket = Map.groupBy(uris.map(parseS3Uri), ({ bucket }) => bucket);
    for (const [bucket, locations] of byBucket) {
      const keys = locations.map(({ key }) => key);
      for (let start = 0; start < keys.length; start += DELETES_AT_ONCE) {
        await deleteKeys(s3, bucket, keys.slice(start, start + DELETES_AT_ONCE));
      }
    }
  },
});

/** Deletes the keys, those that S3 was too busy for again after a pause. Throws `delete_failed`. */
async function deleteKeys(s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  let left = keys;
  for (let attempt = 1; ; attempt += 1) {
    const Objects = left.map((key) => ({ Key: key }));
    const { Errors = [] } = await s3
      .send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
      .catch((error: unknown) => {
        throw s3Error(error, `s3://${bucket}`);
      });
    const failed = Errors.find(({ Code }) => !TRANSIENT.includes(Code) || attempt === DELETE_ATTEMPTS);
    if (failed !== undefined) {
      throw new TributaryError({
        code: 'delete_failed',
        message: `an object could not be deleted: ${failed.Code} ${failed.Message ?? ''}`.trimEnd(),
        where: `s3://${bucket}/${failed.Key}`,
      });
    }
    left = Errors.flatMap(({ Key }) => Key ?? []);
    if (left.length === 0) return;
    await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random() / 2));
  }
}
