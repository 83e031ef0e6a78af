import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { sparkAdapter } from '../../engine/adapters/spark/adapter.ts';
import { freePort } from '../../localstack/ports.ts';
import { STATE_DIR, startStack, stopStack } from '../../localstack/stack.ts';
import { describeBuilds } from '../fixtures/engine-builds.ts';
import { glueJobs, inSession } from './glue-jobs.ts';
import { type Spark, startSpark } from './spark.ts';

let directory: string;
let spark: Spark;
let s3: S3Client;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'conformance-spark-builds-'));
  const [port, athenaPort] = [await freePort(), await freePort()];
  const stateDir = join(directory, 'stack');
  const { endpoint } = await startStack({ port, athenaPort, stateDir, venv: join(STATE_DIR, 'venv') });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  spark = await startSpark({ endpoint, directory: join(directory, 'spark'), onProgress: console.info });
});

afterAll(async () => {
  await spark?.stop();
  await stopStack(join(directory, 'stack'));
  await rm(directory, { recursive: true, force: true });
});

describeBuilds(() => {
  const glue = glueJobs(inSession(spark));
  const common = { glue, s3, jobName: 'job', location: 's3://operations/staging' };
  return { s3, engine: { engine: 'spark', open: (build) => sparkAdapter({ ...common, ...build }) } };
});
