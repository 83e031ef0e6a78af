import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildDeps } from '../../../engine/build/index.ts';
import { stateFolder } from '../../../engine/build/state.ts';
import { type FaultyLake, faultyLake } from '../../fixtures/faulty-lake.ts';

const DAY_MS = 86_400_000;

let lake: FaultyLake;

beforeEach(async () => {
  lake = await faultyLake();
  await lake.deliver(['a', 1, 1, 10], ['b', 1, 2, 5]);
  await lake.build();
});

afterEach(() => lake.close());

const STATES = stateFolder({ location: 's3://silver/sales', database: 'silver', table: 'sales' });
const ORPHANS = [
  's3://silver/sales/data/left.parquet',
  's3://silver/sales/metadata/left.avro',
  `${STATES}/left.parquet`,
];

/** Files that a killed build could have left, of four bytes each. */
function leave(): void {
  for (const uri of ORPHANS) lake.s3.objects.set(uri.slice('s3://'.length), Buffer.from('left'));
}

const left = (): readonly string[] => ORPHANS.filter((uri) => lake.s3.objects.has(uri.slice('s3://'.length)));

const inDays = (days: number): Partial<BuildDeps> => ({ now: () => new Date(Date.now() + days * DAY_MS) });

describe('files that killed builds left', () => {
  it('go in an audit, from beside the data and the states, and the record says how much', async () => {
    leave();
    const record = await lake.audit();
    expect(record).toMatchObject({ status: 'audited' });
    expect(record.reason).toContain('3 files of killed builds deleted, 12 bytes');
    expect(left()).toEqual([]);
  });

  it('stay while a build may still be writing them, and where no audit was asked for', async () => {
    leave();
    await lake.build({ audit: true }, inDays(2.9));
    await lake.build({ full: true }, inDays(4));
    expect(left()).toEqual(ORPHANS);
  });

  it('do not include what the next build goes by', async () => {
    leave();
    await lake.audit();
    await lake.deliver(['a', 2, 3, 11]);
    // Reading the keys of the last build, it finds the day that the sale has left.
    expect(await lake.build()).toMatchObject({
      status: 'built',
      reason: expect.stringContaining('rebuilds day 2026-01-01, 2026-01-03'),
    });
    expect(await lake.rows()).toEqual({ a: '03: 11.00', b: '02: 5.00' });
  });

  it('are noted where they cannot be deleted, and the audit counts all the same', async () => {
    leave();
    lake.s3.fault = (request) => (request.startsWith('POST') ? { status: 403, code: 'AccessDenied' } : undefined);
    const record = await lake.audit();
    expect(record).toMatchObject({ status: 'audited' });
    expect(record.reason).toContain('old files stay for now: S3 refuses access');
    expect(left()).toEqual(ORPHANS);
  });
});

describe('old versions', () => {
  it('are left to the audit by builds, unless it has not come for a day', async () => {
    const publish = async (day: number, inHowManyDays: number): Promise<number> => {
      await lake.deliver(['a', day, day, 10]);
      await lake.build({}, inDays(inHowManyDays));
      return (await lake.versions()).length;
    };
    expect(await publish(2, 0)).toBe(2);
    expect(await publish(3, 7.5)).toBe(3);
    expect(await publish(4, 8.5)).toBe(2);
  });

  it('of a table that nothing changes are forgotten in an audit, but for the last two', async () => {
    for (const day of [2, 3, 4]) {
      await lake.deliver(['a', day, day, 10]);
      await lake.build();
    }
    expect(await lake.versions()).toHaveLength(4);
    const newest = (await lake.versions()).slice(-2);
    await lake.build({}, inDays(8));
    expect(await lake.versions()).toHaveLength(4);
    await lake.build({ audit: true }, inDays(8));
    expect(await lake.versions()).toEqual(newest);
    expect(await lake.rows()).toEqual({ a: '04: 10.00', b: '02: 5.00' });
  });
});
