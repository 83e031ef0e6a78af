import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { parseS3Uri } from '../../common/s3-uri.ts';

/** Addresses of all objects in a folder, `s3://bucket/prefix` without a trailing slash. */
export async function objectsBelow(s3: S3Client, folder: string): Promise<readonly string[]> {
  const { bucket, key } = parseS3Uri(`${folder}/`);
  const uris: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
    uris.push(...Contents.flatMap(({ Key }) => (Key === undefined ? [] : `s3://${bucket}/${Key}`)));
  }
  return uris;
}
