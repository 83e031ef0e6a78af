import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { mapBounded } from '../../common/concurrency.ts';
import type { EngineName } from '../../engine/model.ts';
import type { BuildStatus } from '../../engine/run.ts';

/** A row of `operations.builds`, in what the CLI needs of it. */
export interface BuildFact {
  readonly run_id: string;
  readonly model: string;
  readonly status: BuildStatus;
  readonly engine: EngineName | null;
  readonly seconds: number;
  readonly input_bytes: number;
}

const DAYS = 14;
const LATEST = 20;
const PARALLEL = 8;

/** The builds of the latest runs, of two weeks at most. */
export async function pastBuilds(client: S3Client, bucket: string, now = new Date()): Promise<readonly BuildFact[]> {
  const from = new Date(now.getTime() - DAYS * 86_400_000).toISOString().slice(0, 10);
  const keys: string[] = [];
  const request = { Bucket: bucket, Prefix: 'builds/', StartAfter: `builds/run_date=${from}` };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, request)) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  const runs = await mapBounded(keys.sort().slice(-LATEST), PARALLEL, (key) => readRows(client, bucket, key));
  return runs.flat();
}

async function readRows(client: S3Client, bucket: string, key: string): Promise<readonly BuildFact[]> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const text = (await Body?.transformToString()) ?? '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as BuildFact]));
}
