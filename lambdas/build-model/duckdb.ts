import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { EngineAdapter } from '../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';

/** What DuckDB's own buffers may take of the function's memory; results, files in transit and Node share the rest. */
const SHARE_OF_MEMORY = 0.5;

/** DuckDB within the limits of the function: its memory, and its disk for copies of objects and for what spills. */
export function duckDb(s3: S3Client): EngineAdapter {
  const memoryMb = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? Number.NaN);
  return duckDbAdapter({
    s3,
    directory: join(tmpdir(), 'tributary'),
    ...(Number.isFinite(memoryMb) ? { memoryLimit: `${Math.round(memoryMb * SHARE_OF_MEMORY)}MB` } : {}),
  });
}
