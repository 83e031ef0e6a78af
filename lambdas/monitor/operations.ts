import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { mapBounded } from '../../common/concurrency.ts';
import type { BuildRow, Intake, IntakeRow } from './monitor.ts';

const PARALLEL = 16;
const DAY_MS = 86_400_000;

/** The builds of each run since a time, from the objects of `operations.builds`; the latest run first. */
export async function* buildsOf(s3: S3Client, bucket: string, since: Date): AsyncGenerator<readonly BuildRow[]> {
  const keys: string[] = [];
  const request = { Bucket: bucket, Prefix: 'builds/', StartAfter: `builds/run_date=${dayOf(since)}` };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request)) {
    keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
  }
  // Keys begin with the times at which runs began.
  for (const key of keys.sort().reverse()) yield (await readLines(s3, bucket, key)) as BuildRow[];
}

/** What `operations.intake` tells of today, or of yesterday where that is nothing; rows of those written since a time. */
export async function intakeOf(s3: S3Client, bucket: string, now: Date, since: Date): Promise<Intake> {
  for (const day of [now, new Date(now.getTime() - DAY_MS)]) {
    const objects: { readonly key: string; readonly writtenAt: Date }[] = [];
    const request = { Bucket: bucket, Prefix: `intake/ingest_date=${dayOf(day)}/` };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request)) {
      for (const { Key: key, LastModified: writtenAt } of Contents)
        if (key && writtenAt) objects.push({ key, writtenAt });
    }
    if (objects.length === 0) continue;
    const fresh = objects.filter(({ writtenAt }) => writtenAt >= since);
    const rows = await mapBounded(fresh, PARALLEL, ({ key }) => readLines(s3, bucket, key));
    const last = new Date(objects.reduce((latest, { writtenAt }) => Math.max(latest, writtenAt.getTime()), 0));
    return { last, rows: rows.flat() as IntakeRow[] };
  }
  return { last: undefined, rows: [] };
}

async function readLines(s3: S3Client, bucket: string, key: string): Promise<unknown[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const text = (await Body?.transformToString()) ?? '';
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);
