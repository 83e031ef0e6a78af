import { TributaryError } from './errors.ts';

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key` in its parts; Hadoop's `s3a` and `s3n` spellings mean the same. Throws `bad_uri`. */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3[an]?:\/\/([^/]+)\/(.*)$/s.exec(uri);
  const [, bucket, key] = match ?? [];
  if (bucket === undefined || key === undefined) {
    throw new TributaryError({ code: 'bad_uri', message: 'not an S3 address of the form s3://bucket/key', where: uri });
  }
  return { bucket, key };
}
