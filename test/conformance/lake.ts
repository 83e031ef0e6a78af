import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { EngineAdapter } from '../../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';
import { type Catalog, type FileIo, glueCatalog, s3FileIo } from '../../engine/iceberg/index.ts';
import { freePort } from '../../localstack/ports.ts';
import { STATE_DIR, startStack, stopStack } from '../../localstack/stack.ts';
import { startTrino, type Trino } from './trino.ts';

export const BUCKET = 'conformance';
export const DATABASE = 'published';

/** An empty lake in the emulator, with our own engine and with Trino upon it. */
export interface Lake {
  readonly catalog: Catalog;
  readonly io: FileIo;
  readonly engine: EngineAdapter;
  readonly trino: Trino;
  stop(): Promise<void>;
}

export async function startLake(): Promise<Lake> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const stateDir = join(directory, 'stack');
  const [port, athenaPort] = [await freePort(), await freePort()];
  const { environment } = await startStack({ port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') });
  const endpoint = environment.AWS_ENDPOINT_URL ?? '';
  const client = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const glue = new GlueClient(client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const DatabaseInput = { Name: DATABASE, Description: 'Tables for tests', LocationUri: `s3://${BUCKET}/${DATABASE}` };
  await glue.send(new CreateDatabaseCommand({ DatabaseInput }));
  const trino = await startTrino({ endpoint, directory: join(directory, 'trino'), onProgress: console.info });
  return {
    catalog: glueCatalog(glue),
    io: s3FileIo(s3),
    engine: duckDbAdapter({ s3, directory: join(directory, 'duckdb') }),
    trino,
    async stop() {
      await trino.stop();
      await stopStack(stateDir);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
