import { describe, expect, it } from 'vitest';
import { loadTable } from '../../../../engine/iceberg/index.ts';
import { rollback } from '../../../../engine/iceberg/rollback.ts';
import { lakeTable } from './lake-table.ts';

async function threeVersions() {
  const lake = await lakeTable();
  const replace = (name: string) => lake.commit({ operation: 'replace', add: [lake.file(name)] });
  const ids = [(await replace('a')).id, (await replace('b')).id, (await replace('c')).id] as const;
  const back = async (to?: string) => rollback(lake.catalog, lake.io, await lake.load(), to);
  return { ...lake, ids, back };
}

describe('rolling back', () => {
  it('makes the version before current again, and that of a name', async () => {
    const { ids, back, livePaths } = await threeVersions();
    expect((await back()).id).toBe(ids[1]);
    expect(await livePaths()).toEqual(['s3://lake/gold/sales/data/b.parquet']);
    expect((await back(ids[0])).id).toBe(ids[0]);
    expect(await livePaths()).toEqual(['s3://lake/gold/sales/data/a.parquet']);
    expect((await back(ids[2])).id).toBe(ids[2]);
  });

  it('twice ends where it began', async () => {
    const { ids, back } = await threeVersions();
    await back();
    expect((await back()).id).toBe(ids[2]);
  });

  it('keeps all versions, and what was read at each time', async () => {
    const { ids, back, load, livePaths } = await threeVersions();
    const before = await load();
    await back(ids[0]);
    const { metadata } = await load();
    expect(metadata.snapshots).toEqual(before.metadata.snapshots);
    expect(metadata['snapshot-log']?.slice(0, -1)).toEqual(before.metadata['snapshot-log']);
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      expect(await livePaths({ snapshotId: ids[index] ?? '' })).toEqual([`s3://lake/gold/sales/data/${name}.parquet`]);
    }
  });

  it('lets the next version build upon what is current', async () => {
    const { ids, back, commit, file, livePaths } = await threeVersions();
    await back(ids[0]);
    await commit({ operation: 'append', add: [file('d')] });
    expect(await livePaths()).toEqual(['s3://lake/gold/sales/data/a.parquet', 's3://lake/gold/sales/data/d.parquet']);
  });

  it('to nothing is an error', async () => {
    const lake = await lakeTable();
    const table = await lake.load();
    await expect(rollback(lake.catalog, lake.io, table)).rejects.toMatchObject({ code: 'no_earlier_version' });
    await expect(rollback(lake.catalog, lake.io, table, '7')).rejects.toMatchObject({ code: 'no_such_snapshot' });
  });

  it('does not undo what another writer published meanwhile', async () => {
    const { catalog, io, load, commit, file, livePaths } = await threeVersions();
    const old = await load();
    await commit({ operation: 'replace', add: [file('d')] });
    await expect(rollback(catalog, io, old)).rejects.toMatchObject({ code: 'commit_conflict' });
    expect(await livePaths()).toEqual(['s3://lake/gold/sales/data/d.parquet']);
    expect(await loadTable(catalog, io, 'gold', 'sales')).toBeDefined();
  });
});
