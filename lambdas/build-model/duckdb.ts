import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { EngineAdapter } from '../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';

/** What DuckDB's own buffers may take of the function's memory; results, files in transit and Node share the rest. */
const SHARE_OF_MEMORY = 0.5;

/** What copies of objects may take of its disk, in which what spills and the new files have to fit as well. */
const SHARE_OF_DISK = 0.5;
const MAX_COPIES_BYTES = 4_000_000_000;

/** DuckDB within the limits of the function: its memory, and its disk for copies of objects and for what spills. */
export function duckDb(s3: S3Client): EngineAdapter {
  const memoryMb = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? Number.NaN);
  const { blocks, bsize } = statfsSync(tmpdir());
  return duckDbAdapter({
    s3,
    cacheBytes: Math.min(MAX_COPIES_BYTES, blocks * bsize * SHARE_OF_DISK),
    directory: join(tmpdir(), 'tributary'),
    ...(Number.isFinite(memoryMb) ? { memoryLimit: `${Math.round(memoryMb * SHARE_OF_MEMORY)}MB` } : {}),
  });
}
