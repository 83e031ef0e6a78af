import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { s3Error } from '../../common/s3-errors.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { FileListing, ListedFile } from './ports.ts';

/** What lies in S3 below a prefix. */
export const s3FileListing = (client: S3Client): FileListing => ({
  async list(prefix) {
    const { bucket, key } = parseS3Uri(prefix);
    const files: ListedFile[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key })) {
        for (const { Key, Size = 0, LastModified } of Contents) {
          // What has no time counts as new, so that nobody deletes it.
          const modifiedMs = LastModified?.getTime() ?? Number.POSITIVE_INFINITY;
          if (Key !== undefined) files.push({ uri: `s3://${bucket}/${Key}`, bytes: Size, modifiedMs });
        }
      }
    } catch (error) {
      throw s3Error(error, prefix);
    }
    return files;
  },
});
