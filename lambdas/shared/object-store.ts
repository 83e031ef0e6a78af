import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { TributaryError } from '../../common/errors.ts';
import { type OpenStream, resumed } from './resumed-stream.ts';

/** One version of an object. */
export interface ObjectVersion {
  readonly bucket: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
}

export interface ObjectHead extends ObjectVersion {
  readonly bytes: number;
  readonly lastModified: Date;
}

/** What ingestion asks of a store of objects. Reading a version that has been written over since fails. */
export interface ObjectStore {
  /** Undefined when there is no such object. */
  head(bucket: string, key: string): Promise<ObjectHead | undefined>;
  /** The bytes from `start` on; goes on by itself when its connection breaks. */
  stream(object: ObjectVersion, start?: number): Promise<AsyncIterable<Uint8Array>>;
  /** The bytes from `start` up to but not including `end`. */
  range(object: ObjectVersion, start: number, end: number): Promise<ArrayBuffer>;
  write(bucket: string, key: string, body: Uint8Array | string): Promise<void>;
  /** Writes bytes as they come; there is no object when they break off. */
  writeStream(bucket: string, key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Keys that begin with the prefix. */
  list(bucket: string, prefix: string): Promise<readonly string[]>;
}

const isNotFound = (thrown: unknown): boolean =>
  thrown instanceof S3ServiceException && thrown.$metadata.httpStatusCode === 404;

const input = ({ bucket, key, etag }: ObjectVersion) => ({ Bucket: bucket, Key: key, IfMatch: `"${etag}"` });

/** The store that S3 is. */
export function s3ObjectStore(client: S3Client): ObjectStore {
  /** The bytes from `start` up to but not including `end`, or to the end of the object. */
  const open = async (object: ObjectVersion, start: number, end?: number): Promise<OpenStream> => {
    const range = start === 0 && end === undefined ? undefined : `bytes=${start}-${end === undefined ? '' : end - 1}`;
    const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ ...input(object), Range: range }));
    if (Body === undefined) {
      throw new TributaryError({
        code: 'empty_response',
        message: 'S3 sent no body',
        where: `s3://${object.bucket}/${object.key}`,
      });
    }
    const bytes = Body instanceof Readable ? Body : Readable.fromWeb(Body.transformToWebStream());
    return { bytes, length: ContentLength };
  };
  const opened = async (object: ObjectVersion, start: number, end?: number): Promise<AsyncIterable<Uint8Array>> =>
    resumed(await open(object, start, end), (read) => open(object, start + read, end));
  return {
    head: async (bucket, key) => {
      try {
        const {
          ETag = '',
          ContentLength = 0,
          LastModified = new Date(0),
        } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { bucket, key, etag: ETag.replaceAll('"', ''), bytes: ContentLength, lastModified: LastModified };
      } catch (thrown) {
        if (isNotFound(thrown)) return undefined;
        throw thrown;
      }
    },
    stream: (object, start = 0) => opened(object, start),
    range: async (object, start, end) => {
      const bytes = new Uint8Array(end - start);
      let at = 0;
      for await (const chunk of await opened(object, start, end)) {
        bytes.set(chunk, at);
        at += chunk.byteLength;
      }
      return bytes.buffer.slice(0, at);
    },
    write: async (bucket, key, content) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
    },
    writeStream: async (bucket, key, content) => {
      await new Upload({ client, params: { Bucket: bucket, Key: key, Body: Readable.from(content) } }).done();
    },
    remove: async (bucket, key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    list: async (bucket, prefix) => {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      }
      return keys;
    },
  };
}
