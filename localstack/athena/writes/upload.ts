import { createReadStream } from 'node:fs';
import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { Upload as MultipartUpload } from '@aws-sdk/lib-storage';
import { parseS3Uri } from '../../../common/s3-uri.ts';

/** Puts a local file to an S3 address. */
export type Upload = (localPath: string, uri: string) => Promise<void>;

export const uploadTo =
  (s3: S3Client): Upload =>
  async (localPath, uri) => {
    const { bucket, key } = parseS3Uri(uri);
    const params = { Bucket: bucket, Key: key, Body: createReadStream(localPath) };
    await new MultipartUpload({ client: s3, params }).done();
  };

export const withSlash = (location: string): string => (location.endsWith('/') ? location : `${location}/`);

/** Whether there is any object below a folder. */
export async function hasObjects(s3: S3Client, location: string): Promise<boolean> {
  for await (const keys of keysBelow(s3, location)) if (keys.length > 0) return true;
  return false;
}

export async function deleteObjectsBelow(s3: S3Client, location: string): Promise<void> {
  const { bucket } = parseS3Uri(withSlash(location));
  for await (const keys of keysBelow(s3, location)) {
    if (keys.length === 0) continue;
    const Objects = keys.map((Key) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  }
}

/** Addresses of all objects below a folder. */
export async function urisBelow(s3: S3Client, location: string): Promise<readonly string[]> {
  const { bucket } = parseS3Uri(withSlash(location));
  const uris: string[] = [];
  for await (const keys of keysBelow(s3, location)) uris.push(...keys.map((key) => `s3://${bucket}/${key}`));
  return uris;
}

/** Page by page; a page is read before its keys may be deleted. */
async function* keysBelow(s3: S3Client, location: string): AsyncGenerator<readonly string[]> {
  const { bucket, key } = parseS3Uri(withSlash(location));
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
    yield Contents.flatMap(({ Key }) => Key ?? []);
  }
}
