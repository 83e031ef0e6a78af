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

export const BUCKET = 'conformance';

/** An empty lake in the emulator, and our own engine upon it. */
export interface Store {
  /** Where S3 and Glue answer. */
  readonly endpoint: string;
  /** The environment of clients, our Athena endpoint included. */
  readonly environment: Readonly<Record<string, string>>;
  /** For whoever works upon the store; removed when it stops. */
  readonly directory: string;
  readonly s3: S3Client;
  readonly glue: GlueClient;
  readonly catalog: Catalog;
  readonly io: FileIo;
  readonly engine: EngineAdapter;
  stop(): Promise<void>;
}

export async function startStore(databases: readonly string[]): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const [port, athenaPort] = [await freePort(), await freePort()];
  const stateDir = join(directory, 'stack');
  const options = { port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') };
  const { environment } = await startStack(options).catch(async (error: unknown) => {
    await stopStack(stateDir);
    throw error;
  });
  const endpoint = environment.AWS_ENDPOINT_URL ?? '';
  const client = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const glue = new GlueClient(client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Name of databases) {
    const DatabaseInput = { Name, Description: 'Tables for tests', LocationUri: `s3://${BUCKET}/${Name}` };
    await glue.send(new CreateDatabaseCommand({ DatabaseInput }));
  }
  return {
    endpoint,
    environment,
    directory,
    s3,
    glue,
    catalog: glueCatalog(glue),
    io: s3FileIo(s3),
    engine: duckDbAdapter({ s3, directory: join(directory, 'duckdb') }),
    async stop() {
      await stopStack(stateDir);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
