import { GetObjectCommand, NoSuchKey, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from 'hyparquet';
import { mapBounded } from '../../common/concurrency.ts';
import { TributaryError } from '../../common/errors.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { InputFile } from './adapter.ts';

const PARALLEL = 32;
/** Most footers are shorter; one request then suffices. */
const FOOTER_BYTES = 64 * 1024;
/** Bounds as they are stored: days and microseconds since 1970. */
const parsers = {
  dateFromDays: (days: number) => days,
  timestampFromMicroseconds: (microseconds: bigint) => microseconds,
};

/** The metadata of each Parquet file, read from the ends of the objects. Throws `object_missing`. */
export const readFooters = (s3: S3Client, files: readonly InputFile[]): Promise<readonly FileMetaData[]> =>
  mapBounded(files, PARALLEL, (file) =>
    parquetMetadataAsync(asyncBuffer(s3, file), { initialFetchSize: FOOTER_BYTES, parsers }),
  );

function asyncBuffer(s3: S3Client, { uri, bytes }: InputFile): AsyncBuffer {
  const { bucket, key } = parseS3Uri(uri);
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const Range = `bytes=${start}-${end - 1}`;
      const request = new GetObjectCommand({ Bucket: bucket, Key: key, Range });
      const { Body } = await s3.send(request).catch((error: unknown) => {
        throw isMissing(error) ? missing(uri, error) : error;
      });
      const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
      return Uint8Array.from(content).buffer;
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof NoSuchKey || (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404);

const missing = (where: string, cause: unknown): TributaryError =>
  new TributaryError({
    code: 'object_missing',
    message: 'the object is listed as part of a table but is not in its bucket',
    where,
    advice: 'It was deleted outside Tributary, or its snapshot has expired. Read the table’s current version again.',
    cause,
  });
