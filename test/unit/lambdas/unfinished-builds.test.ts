import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UnfinishedBuild, UnfinishedBuilds } from '../../../engine/build/index.ts';
import { s3UnfinishedBuilds } from '../../../lambdas/shared/unfinished-builds.ts';
import { type S3Server, startS3Server } from '../../fixtures/s3-server.ts';

const build = (model: string): UnfinishedBuild => ({
  runId: 'r1',
  model,
  startedAt: '2026-11-21T10:00:00.000Z',
  inputs: {
    tables: { 'silver.sales': 's3://silver/sales/metadata/3.json' },
    sources: { 'bronze.sales': [{ uri: 's3://bronze/sales/1', bytes: 5, etag: '"a"' }] },
  },
  tokens: { athena: '{"queries":{"k":"id"},"staged":{}}' },
});

let server: S3Server;
let unfinished: UnfinishedBuilds;
beforeEach(async () => {
  server = await startS3Server();
  unfinished = s3UnfinishedBuilds(server.s3, 'operations');
});
afterEach(() => server.close());

describe('unfinished builds', () => {
  it('are found by their model until they are deleted', async () => {
    expect(await unfinished.read('gold.fact')).toBeUndefined();
    expect(await unfinished.list()).toEqual([]);
    await unfinished.write(build('gold.fact'));
    await unfinished.write({ ...build('gold.fact'), runId: 'r2' });
    await unfinished.write(build('silver.sales'));
    expect(await unfinished.read('gold.fact')).toEqual({ ...build('gold.fact'), runId: 'r2' });
    expect(await unfinished.list()).toEqual(['gold.fact', 'silver.sales']);
    await unfinished.delete('gold.fact');
    await unfinished.delete('gold.fact');
    expect(await unfinished.read('gold.fact')).toBeUndefined();
    expect(await unfinished.list()).toEqual(['silver.sales']);
  });
});
