import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseS3Uri } from '../../common/s3-uri.ts';
import type { WriteRequest } from '../../engine/adapters/adapter.ts';
import type { RemoteAdapter } from '../../engine/adapters/remote.ts';
import { sparkAdapter } from '../../engine/adapters/spark/adapter.ts';
import { freePort } from '../../localstack/ports.ts';
import { STATE_DIR, startStack, stopStack } from '../../localstack/stack.ts';
import { describeAdapter } from '../fixtures/adapter-cases.ts';
import { glueJobs } from './glue-jobs.ts';
import { type Spark, startSpark } from './spark.ts';

/** The cases that hold for every adapter, and the job's own, on a real Spark. */
const BUCKET = 'spark-adapter';

let directory: string;
let spark: Spark;
let s3: S3Client;
let adapter: RemoteAdapter;
let builds = 0;

const open = (): RemoteAdapter =>
  sparkAdapter({ glue: glueJobs(spark), s3, jobName: 'job', location: `s3://${BUCKET}/staging` });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conformance-spark-adapter-'));
  const [port, athenaPort] = [await freePort(), await freePort()];
  const stateDir = join(directory, 'stack');
  const { endpoint } = await startStack({ port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  spark = await startSpark({ endpoint, directory: join(directory, 'spark'), onProgress: console.info });
});

afterAll(async () => {
  await spark?.stop();
  await stopStack(join(directory, 'stack'));
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  builds += 1;
  adapter = open();
});

afterEach(async () => {
  await adapter.close();
  expect(await keys('staging/')).toEqual([]);
});

async function keys(Prefix: string): Promise<readonly string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []).sort();
}

describeAdapter(() => ({
  adapter,
  bucket: BUCKET,
  async read(uri) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  },
  async put(uri, Body) {
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  },
}));

const rowsOf = (sql: string, columns: WriteRequest['columns'], fields: Partial<WriteRequest> = {}): WriteRequest => ({
  sql,
  inputs: [],
  asOf: '2026-11-21',
  columns,
  partitionBy: [],
  sortBy: [],
  destination: `s3://${BUCKET}/gold/t${builds}/data`,
  ...fields,
});

describe('write in Spark', () => {
  it('leaves the files that it names and nothing else', async () => {
    const columns = [{ id: 1, name: 'n', type: 'bigint' }];
    const files = await adapter.write(rowsOf('select id as n from range(10)', columns));
    await adapter.close();
    expect(await keys(`gold/t${builds}/`)).toEqual(files.map(({ path }) => parseS3Uri(path).key).sort());
  });
});
