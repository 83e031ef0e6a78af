import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { DuckDb } from '../../engine/adapters/duckdb/connection.ts';
import { ObjectCache } from '../../engine/adapters/duckdb/object-cache.ts';
import { DUCKDB_PRELUDE } from '../../engine/dialect/prelude.ts';
import { emulatorAthena } from './emulator.ts';
import { Engine } from './engine.ts';
import { Executions } from './executions/executions.ts';
import { type Operation, queryOperations } from './operations.ts';
import {
  type ApiRequest,
  type ApiResponse,
  errorResponse,
  invalidRequest,
  readRequest,
  sendResponse,
} from './protocol.ts';
import { StatementRunner } from './statements/runner.ts';

export interface AthenaOptions {
  readonly port: number;
  /** Of the AWS emulator, which holds the Glue catalog, the objects and the work groups. */
  readonly endpoint: string;
  /** Folder for copies of objects, for what spills, and for results to be paged through. */
  readonly cacheDir: string;
}

/** DuckDB's buffers; with Node, files in transit and results the process stays below two gigabytes. */
const MEMORY_LIMIT = '1GB';
const CACHE_BYTES = 10 * 2 ** 30;
const LOOPBACK = '127.0.0.1';

/**
 * A local endpoint of the Athena API: queries run on DuckDB with Trino's semantics, over the emulator's Glue catalog
 * and S3. Clients reach it by `AWS_ENDPOINT_URL_ATHENA`.
 */
export async function startAthena({ port, endpoint, cacheDir }: AthenaOptions): Promise<{ close(): Promise<void> }> {
  const results = join(cacheDir, 'results');
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const s3 = new S3Client({ endpoint, forcePathStyle: true });
  const glue = new GlueClient({ endpoint });
  const duckDb = await DuckDb.open({
    temporaryDirectory: join(cacheDir, 'spill'),
    memoryLimit: MEMORY_LIMIT,
    prelude: DUCKDB_PRELUDE,
  });
  const cache = new ObjectCache({ s3, directory: join(cacheDir, 'objects'), maxBytes: CACHE_BYTES });
  const engine = new Engine({ duckDb, cache, s3, glue });
  const emulator = emulatorAthena(endpoint);
  const runner = new StatementRunner({ engine, glue, s3, emulator });
  const executions = new Executions(runner, { s3, directory: results });
  const operations = queryOperations(executions, emulator);
  const server = await listen(port, (request) => answer(request, operations, emulator.forward));
  return {
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await executions.close();
      duckDb.close();
    },
  };
}

async function answer(
  request: ApiRequest,
  operations: Readonly<Record<string, Operation>>,
  forward: (request: ApiRequest) => Promise<ApiResponse>,
): Promise<ApiResponse> {
  const operation = operations[request.operation];
  if (operation === undefined) return forward(request);
  return { status: 200, body: JSON.stringify(await operation(parseBody(request.body))) };
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalidRequest('The request is not JSON');
  }
}

async function listen(port: number, handle: (request: ApiRequest) => Promise<ApiResponse>): Promise<Server> {
  const server = createServer((request, response) => {
    readRequest(request)
      .then(handle)
      .catch(errorResponse)
      .then((result) => sendResponse(response, result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  return server;
}
