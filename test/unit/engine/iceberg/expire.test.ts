import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, dataFiles, type ExpiryRule, expireSnapshots, snapshots } from '../../../../engine/iceberg/index.ts';
import { type LakeTable, LOCATION, lakeTable } from './lake-table.ts';

const START = 2_000_000_000_000;
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Replaces the table's one file every hour; version n holds `data/n`. */
async function replacedHourly(versions: number): Promise<LakeTable> {
  const table = await lakeTable();
  for (let version = 0; version < versions; version += 1) {
    vi.setSystemTime(START + version * HOUR);
    await table.commit({ operation: 'replace', add: [table.file(String(version))] });
  }
  return table;
}

const expire = async (table: LakeTable, rule: Partial<ExpiryRule>) =>
  expireSnapshots(table.catalog, table.io, await table.load(), { olderThanMs: 0, keepLast: 1, ...rule });

const data = (table: LakeTable): string[] =>
  [...table.files.keys()].filter((uri) => uri.includes('/data/')).map((uri) => uri.slice(`${LOCATION}/data/`.length));

describe('expireSnapshots', () => {
  it('forgets versions older than a moment, and deletes all that only they used', async () => {
    const table = await replacedHourly(5);
    const filesBefore = table.files.size;
    const expiry = await expire(table, { olderThanMs: START + 3 * HOUR });
    expect(data(table)).toEqual(['3.parquet', '4.parquet']);
    expect(snapshots(await table.load())).toHaveLength(2);
    expect(expiry.expiredSnapshots).toBe(3);
    expect(table.files.size).toBe(filesBefore + 1 - expiry.deletedFiles);
  });

  it('keeps the newest versions however old', async () => {
    const table = await replacedHourly(5);
    await expire(table, { olderThanMs: START + 100 * HOUR, keepLast: 2 });
    expect(data(table)).toEqual(['3.parquet', '4.parquet']);
  });

  it('keeps the current version even where told to keep none', async () => {
    const table = await replacedHourly(2);
    await expire(table, { olderThanMs: START + 100 * HOUR, keepLast: 0 });
    expect(await table.livePaths()).toEqual([`${LOCATION}/data/1.parquet`]);
    expect(data(table)).toEqual(['1.parquet']);
  });

  it('keeps what a branch or tag names', async () => {
    const table = await replacedHourly(3);
    const { entry, metadata } = await table.load();
    const [first] = metadata.snapshots ?? [];
    const refs = { ...metadata.refs, audit: { type: 'tag', 'snapshot-id': first?.['snapshot-id'] } };
    table.files.set(entry.metadataLocation, Buffer.from(JSON.stringify({ ...metadata, refs })));
    await expire(table, { olderThanMs: START + 100 * HOUR });
    expect(data(table)).toEqual(['0.parquet', '2.parquet']);
  });

  it('keeps a file that an old version wrote and a new one still holds', async () => {
    const table = await lakeTable();
    await table.commit({ add: [table.file('kept'), table.file('gone')] });
    vi.setSystemTime(START + HOUR);
    await table.commit({ operation: 'overwrite', remove: [`${LOCATION}/data/gone.parquet`] });
    await expire(table, { olderThanMs: START + HOUR });
    expect(data(table)).toEqual(['kept.parquet']);
    expect(await table.livePaths()).toEqual([`${LOCATION}/data/kept.parquet`]);
  });

  it('never touches a file outside the table’s folder', async () => {
    const table = await lakeTable();
    const foreign = { ...table.file('x'), path: 's3://lake/gold/sales_archive/x.parquet' };
    table.files.set(foreign.path, Buffer.from('x'));
    await table.commit({ add: [foreign] });
    vi.setSystemTime(START + HOUR);
    await table.commit({ operation: 'replace' });
    await expire(table, { olderThanMs: START + HOUR });
    expect(table.files.has(foreign.path)).toBe(true);
  });

  it('changes nothing where nothing is old enough', async () => {
    const table = await replacedHourly(2);
    const before = [...table.files.keys()];
    expect(await expire(table, { olderThanMs: START })).toEqual({ expiredSnapshots: 0, deletedFiles: 0 });
    expect([...table.files.keys()]).toEqual(before);
  });

  it('deletes nothing where another writer was faster', async () => {
    const table = await replacedHourly(3);
    const stale = await table.load();
    await commit(table.catalog, table.io, stale, { operation: 'append', add: [table.file('new')], properties: {} });
    const rule = { olderThanMs: START + 100 * HOUR, keepLast: 1 };
    await expect(expireSnapshots(table.catalog, table.io, stale, rule)).rejects.toMatchObject({
      code: 'commit_conflict',
    });
    expect(data(table)).toHaveLength(4);
  });

  it('deletes nothing where a remaining version cannot be read', async () => {
    const table = await replacedHourly(3);
    const list = snapshots(await table.load()).at(-1)?.manifestList ?? '';
    table.files.delete(list);
    await expect(expire(table, { olderThanMs: START + 100 * HOUR })).rejects.toMatchObject({ code: 'object_missing' });
    expect(data(table)).toHaveLength(3);
  });

  it('shortens the history to what can still be told', async () => {
    const table = await replacedHourly(3);
    await expire(table, { olderThanMs: START + HOUR });
    await expect(dataFiles(table.io, await table.load(), { asOfMs: START })).rejects.toMatchObject({
      code: 'no_such_snapshot',
    });
    expect(await table.livePaths({ asOfMs: START + HOUR })).toEqual([`${LOCATION}/data/1.parquet`]);
  });
});
