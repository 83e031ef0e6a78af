import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { asError, TributaryError } from '../../common/errors.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { FileIo } from './ports.ts';

/** As many keys as one request may name. */
const DELETES_AT_ONCE = 1000;

/** Table files in S3. */
export const s3FileIo = (s3: S3Client): FileIo => ({
  async read(uri) {
    const { bucket, key } = parseS3Uri(uri);
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw asError(error);
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
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  },

  async delete(uris) {
    const byBucket = Map.groupBy(uris.map(parseS3Uri), ({ bucket }) => bucket);
    for (const [bucket, locations] of byBucket) {
      for (let start = 0; start < locations.length; start += DELETES_AT_ONCE) {
        const Objects = locations.slice(start, start + DELETES_AT_ONCE).map(({ key }) => ({ Key: key }));
        const { Errors: [failed] = [] } = await s3.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        if (failed === undefined) continue;
        throw new TributaryError({
          code: 'delete_failed',
          message: `an object could not be deleted: ${failed.Code} ${failed.Message}`,
          where: `s3://${bucket}/${failed.Key}`,
        });
      }
    }
  },
});
