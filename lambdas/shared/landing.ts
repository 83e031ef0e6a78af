import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Landing } from '../../events/extract/landing-file.ts';

const PART_BYTES = 8 * 1024 ** 2;
const PARTS_AT_ONCE = 2;

/** The landing bucket, written in parts: an object appears when its last part is there, and memory holds two parts. */
export const s3Landing = (client: S3Client, bucket: string): Landing => ({
  async put(key, body) {
    const params = { Bucket: bucket, Key: key, Body: Readable.from(body, { objectMode: false }) };
    await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE }).done();
  },
});
