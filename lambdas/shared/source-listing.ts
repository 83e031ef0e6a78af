import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { s3Error } from '../../common/s3-errors.ts';
import type { InputFile } from '../../engine/adapters/adapter.ts';
import type { SourceListing } from '../../engine/build/index.ts';

/** Objects of sources, as S3 lists them. */
export const s3SourceListing = (
  client: S3Client,
  buckets: Readonly<Record<'bronze' | 'quarantine' | 'operations', string>>,
): SourceListing => ({
  async list({ bucket, prefix }) {
    const Bucket = buckets[bucket];
    const files: InputFile[] = [];
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: `${prefix}/` })) {
        for (const { Key, Size = 0, ETag } of Contents) {
          if (Key === undefined || Size === 0) continue;
          files.push({ uri: `s3://${Bucket}/${Key}`, bytes: Size, ...(ETag === undefined ? {} : { etag: ETag }) });
        }
      }
    } catch (error) {
      throw s3Error(error, `s3://${Bucket}/${prefix}/`);
    }
    return files;
  },
});
