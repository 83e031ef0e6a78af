import { GetObjectCommand, type GetObjectCommandOutput, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildsOf, intakeOf } from '../../../lambdas/monitor/operations.ts';

const s3 = mockClient(S3Client);
const client = new S3Client({ region: 'us-east-1' });
/** When they were written, and their rows, by key. */
let objects: Map<string, { readonly at: string; readonly rows: readonly unknown[] }>;

beforeEach(() => {
  objects = new Map();
  s3.reset();
  s3.on(ListObjectsV2Command).callsFake(({ Prefix = '', StartAfter = '' }) => ({
    Contents: [...objects]
      .filter(([key]) => key.startsWith(Prefix) && key > StartAfter)
      .map(([Key, { at }]) => ({ Key, LastModified: new Date(at) })),
  }));
  s3.on(GetObjectCommand).callsFake(({ Key }) => {
    const text = (objects.get(Key)?.rows ?? []).map((row) => `${JSON.stringify(row)}\n`).join('');
    return { Body: { transformToString: async () => text } as GetObjectCommandOutput['Body'] };
  });
});

const read = () => s3.commandCalls(GetObjectCommand).map(({ args }) => args[0].input.Key);

const put = (key: string, at: string, ...rows: readonly unknown[]): void => {
  objects.set(key, { at, rows });
};

describe('builds of runs', () => {
  it('come the latest run first, each read only when it is asked for, none older than the day', async () => {
    for (const run of ['19T23-00-00Z-a', '20T01-00-00Z-b', '20T02-00-00Z-a', '21T01-00-00Z-c']) {
      put(`builds/run_date=2026-11-${run.slice(0, 2)}/2026-11-${run}.json`, '2026-11-21', { model: run });
    }
    const seen: string[] = [];
    for await (const rows of buildsOf(client, 'operations', new Date('2026-11-20T12:00:00Z'))) {
      seen.push(...rows.map(({ model }) => model));
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['21T01-00-00Z-c', '20T02-00-00Z-a']);
    expect(read()).toHaveLength(2);
    for await (const rows of buildsOf(client, 'operations', new Date('2026-11-20T12:00:00Z')))
      seen.push(...rows.map(({ model }) => model));
    expect(seen).not.toContain('19T23-00-00Z-a');
  });
});

describe('the intake', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const since = new Date('2026-11-21T11:45:00Z');
  const row = { source: 'stores', received: 1, quarantined: 0 };

  it('is the last of today, with the rows of what came since the last look', async () => {
    put('intake/ingest_date=2026-11-20/z.json', '2026-11-20T23:00:00Z', row);
    put('intake/ingest_date=2026-11-21/a.json', '2026-11-21T11:50:00Z', row, row);
    put('intake/ingest_date=2026-11-21/b.json', '2026-11-21T11:40:00Z', row);
    expect(await intakeOf(client, 'operations', now, since)).toEqual({
      last: new Date('2026-11-21T11:50:00Z'),
      rows: [row, row],
    });
    expect(read()).toEqual(['intake/ingest_date=2026-11-21/a.json']);
  });

  it('is that of yesterday where nothing came today', async () => {
    put('intake/ingest_date=2026-11-20/z.json', '2026-11-20T23:00:00Z', row);
    expect(await intakeOf(client, 'operations', now, since)).toEqual({
      last: new Date('2026-11-20T23:00:00Z'),
      rows: [],
    });
  });

  it('is unknown where nothing came since yesterday', async () => {
    put('intake/ingest_date=2026-11-19/z.json', '2026-11-19T23:59:59Z', row);
    expect(await intakeOf(client, 'operations', now, since)).toEqual({ last: undefined, rows: [] });
  });
});
