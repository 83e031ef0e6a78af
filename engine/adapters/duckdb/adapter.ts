import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { mapBounded } from '../../../common/concurrency.ts';
import { asError, TributaryError } from '../../../common/errors.ts';
import { s3Error } from '../../../common/s3-errors.ts';
import { parseS3Uri } from '../../../common/s3-uri.ts';
import { DUCKDB_PRELUDE } from '../../dialect/prelude.ts';
import type { EngineAdapter, NewFile, QueryRequest, ResultRow, WriteRequest } from '../adapter.ts';
import { EMPTY_CONTENT } from '../content.ts';
import { DuckDb, type Session } from './connection.ts';
import { contentsOf } from './content.ts';
import { copyStatement, type WrittenFile, writtenFiles } from './copy.ts';
import { namingFullDisk } from './disk-full.ts';
import { ObjectCache } from './object-cache.ts';
import { relationSql } from './relations.ts';
import { requireDeclaredColumns } from './result-columns.ts';
import { resultRows } from './result-rows.ts';
import { identifier } from './types.ts';

export interface DuckDbAdapterOptions {
  readonly s3: S3Client;
  /** For copies of objects, new files and what does not fit in memory; may be shared by processes. */
  readonly directory: string;
  /** Of DuckDB's own buffers; the process needs about half as much again. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** How many bytes of object copies to keep. */
  readonly cacheBytes?: number;
}

const MEMORY_LIMIT = '800MB';
const CACHE_BYTES = 4_000_000_000;
const UPLOADS = 4;
const UPLOAD_PART_BYTES = 16 * 1024 * 1024;
const RESULT = '$result';

/** Runs models in this process. Throws `query_failed` with DuckDB's message, `schema_mismatch`, `object_missing`, `disk_full`. */
export function duckDbAdapter(options: DuckDbAdapterOptions): EngineAdapter {
  const objects = new ObjectCache({
    s3: options.s3,
    directory: join(options.directory, 'objects'),
    maxBytes: options.cacheBytes ?? CACHE_BYTES,
  });
  let opened: Promise<DuckDb> | undefined;
  const database = (): Promise<DuckDb> => {
    opened ??= DuckDb.open({
      temporaryDirectory: join(options.directory, 'spill'),
      memoryLimit: options.memoryLimit ?? MEMORY_LIMIT,
      prelude: DUCKDB_PRELUDE,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    });
    return opened;
  };
  const run = async <T>(request: QueryRequest, work: (session: Session) => Promise<T>): Promise<T> => {
    try {
      const engine = await database();
      return await objects.use(
        request.inputs.flatMap((input) => input.files),
        (paths) =>
          engine.session(async (session) => {
            await registerInputs(session, request, paths);
            return work(session);
          }),
      );
    } catch (error) {
      throw namingFullDisk(error, options.directory);
    }
  };
  return {
    engine: 'duckdb',
    query: (request) => run(request, (session) => query(session, request)),
    write: (request) =>
      run(request, async (session) => {
        const folder = await objects.stagingFolder();
        try {
          const files = await writeLocally(session, request, folder);
          return await mapBounded(files, UPLOADS, (file) => publishFile(options.s3, objects, request, file));
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      }),
  };
}

async function registerInputs(session: Session, request: QueryRequest, paths: readonly string[]): Promise<void> {
  await session.asOf(request.asOf);
  let next = 0;
  for (const input of request.inputs) {
    const localPaths = paths.slice(next, next + input.files.length);
    next += input.files.length;
    await failingAsQuery(session.view(input.name, relationSql(input, localPaths)), input.name);
  }
}

async function query(session: Session, request: QueryRequest): Promise<readonly ResultRow[]> {
  return resultRows(await failingAsQuery(session.connection.runAndReadAll(request.sql)));
}

/** A written file with the hash of its rows. */
type LocalFile = WrittenFile & Pick<NewFile, 'content'>;

async function writeLocally(session: Session, request: WriteRequest, folder: string): Promise<readonly LocalFile[]> {
  const { connection } = session;
  await failingAsQuery(session.view(RESULT, request.sql));
  const described = await connection.runAndReadAll(`describe ${identifier(RESULT)}`);
  const result = described.getRowsJson().map(([name, type]) => ({ name: String(name), type: String(type) }));
  requireDeclaredColumns(result, request.columns);
  const reader = await failingAsQuery(connection.runAndReadAll(copyStatement(RESULT, request, folder)));
  const files = writtenFiles(reader.getRowObjectsJson(), request);
  const contents = await contentsOf(connection, files, request);
  return files.map((file, index) => ({ ...file, content: contents[index] ?? EMPTY_CONTENT }));
}

async function publishFile(
  s3: S3Client,
  objects: ObjectCache,
  { destination }: WriteRequest,
  { localPath, folder, ...file }: LocalFile,
): Promise<NewFile> {
  const path = [destination, ...folder, `${randomUUID()}.parquet`].join('/');
  const { bucket, key } = parseS3Uri(path);
  const target = { Bucket: bucket, Key: key };
  try {
    // What fits in one part needs no machinery for parts, which is a good deal of the work on many small files.
    if (file.bytes <= UPLOAD_PART_BYTES) {
      await s3.send(new PutObjectCommand({ ...target, Body: await readFile(localPath) }));
    } else {
      const params = { ...target, Body: createReadStream(localPath) };
      await new Upload({ client: s3, params, partSize: UPLOAD_PART_BYTES, queueSize: 2 }).done();
    }
  } catch (error) {
    throw s3Error(error, path);
  }
  await objects.adopt(localPath, path);
  return { ...file, path };
}

async function failingAsQuery<T>(running: Promise<T>, where?: string): Promise<T> {
  try {
    return await running;
  } catch (error) {
    const { message } = asError(error);
    throw new TributaryError({ code: 'query_failed', message, ...(where && { where }), cause: error });
  }
}
