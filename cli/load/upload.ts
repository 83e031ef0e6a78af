import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { unreadable } from '../files.ts';

/** Files up to this size go up in one request, so that their ETag is the hash of their content. */
const PART_BYTES = 32 * 1024 * 1024;

export interface Uploaded {
  readonly key: string;
  /** As S3 gave it, without quotes. */
  readonly etag: string;
  readonly bytes: number;
}

/** Folder of the landing bucket that a source's files belong to. */
export const landingKey = (source: string, name: string): string => `${source}/${name}`;

/** Puts a local file in a bucket. Throws `unreadable_file`. */
export async function upload(client: S3Client, bucket: string, key: string, path: string): Promise<Uploaded> {
  const { size } = await stat(path).catch(unreadable(path));
  const transfer = new Upload({
    client,
    params: { Bucket: bucket, Key: key, Body: createReadStream(path) },
    partSize: PART_BYTES,
    queueSize: 2,
  });
  const { ETag = '' } = await transfer.done();
  return { key, etag: ETag.replaceAll('"', ''), bytes: size };
}
