import { describe, expect, it } from 'vitest';
import {
  changeProperties,
  commit,
  expireSnapshots,
  rollback,
  rowsMadeBy,
  snapshots,
  type Table,
} from '../../../../engine/iceberg/index.ts';
import { type LakeTable, LOCATION, lakeTable } from './lake-table.ts';

const path = (name: string): string => `${LOCATION}/data/${name}.parquet`;

/** Three files of ten rows in one version. */
async function threeFiles(): Promise<{ readonly table: LakeTable; readonly madeBy: string }> {
  const table = await lakeTable();
  const { id } = await table.commit({ add: ['a', 'b', 'c'].map((name) => table.file(name)) });
  return { table, madeBy: id };
}

const maker = async (table: LakeTable): Promise<string | undefined> => rowsMadeBy(await table.load())?.id;

describe('the rows of a table', () => {
  it('were made by its current snapshot, or by the one that was compacted since', async () => {
    const { table, madeBy } = await threeFiles();
    expect(await maker(table)).toBe(madeBy);
    await table.compact('ab', [path('a'), path('b')]);
    await table.compact('abc', [path('ab'), path('c')], { 'added-records': '30', 'deleted-records': '30' });
    expect(await maker(table)).toBe(madeBy);
    const { id } = await table.commit({ add: [table.file('d')] });
    expect(await maker(table)).toBe(id);
  });

  // As an engine leaves them that applies delete files, that does not count, or that calls a change of rows a compaction.
  it.each<Readonly<Record<string, string | undefined>>>([
    { 'total-records': '29' },
    { 'added-records': '9' },
    { 'total-records': undefined },
  ])('were made by whoever swapped files where the counts do not prove otherwise: %o', async (summary) => {
    const { table } = await threeFiles();
    await table.compact('ab', [path('a'), path('b')], summary);
    expect(await maker(table)).toBe(snapshots(await table.load()).at(-1)?.id);
  });

  it('were made by nobody known where the snapshot before a compaction has expired', async () => {
    const { table } = await threeFiles();
    await table.compact('abc', [path('a'), path('b'), path('c')]);
    await expireSnapshots(table.catalog, table.io, await table.load(), { olderThanMs: 8e15, keepLast: 1 });
    expect(await maker(table)).toBeUndefined();
    expect(await maker(await lakeTable())).toBeUndefined();
  });
});

describe('a commit upon a table that others looked after meanwhile', () => {
  const late = (table: LakeTable, stale: Table, request: Partial<Parameters<typeof commit>[3]>) =>
    commit(table.catalog, table.io, stale, {
      operation: 'append',
      add: [table.file('new')],
      properties: {},
      ...request,
    });

  it('is published all the same after a compaction, once', async () => {
    for (const request of [
      { operation: 'append' },
      { operation: 'replace' },
      { operation: 'overwrite', remove: [path('c')] },
    ] as const) {
      const { table } = await threeFiles();
      const stale = await table.load();
      await table.compact('ab', [path('a'), path('b')]);
      await late(table, stale, request);
      const kept = { append: ['ab', 'c', 'new'], replace: ['new'], overwrite: ['ab', 'new'] }[request.operation];
      expect(await table.livePaths()).toEqual(kept.map(path));
      expect(snapshots(await table.load())).toHaveLength(3);
    }
  });

  it('is published after old versions were forgotten', async () => {
    const { table } = await threeFiles();
    await table.commit({ operation: 'replace', add: [table.file('d')] });
    const stale = await table.load();
    await expireSnapshots(table.catalog, table.io, stale, { olderThanMs: 8e15, keepLast: 1 });
    await late(table, stale, { operation: 'overwrite', remove: [path('d')] });
    expect(await table.livePaths()).toEqual([path('new')]);
  });

  it('fails where the files that it replaces have been compacted, and leaves no trace', async () => {
    const { table } = await threeFiles();
    const stale = await table.load();
    await table.compact('ab', [path('a'), path('b')]);
    const before = [...table.files.keys(), path('new')].sort();
    const conflict = { code: 'commit_conflict' };
    await expect(late(table, stale, { operation: 'overwrite', remove: [path('a')] })).rejects.toMatchObject(conflict);
    expect(await table.livePaths()).toEqual([path('ab'), path('c')]);
    expect([...table.files.keys()].sort()).toEqual(before);
  });

  it('fails where somebody changed rows, columns or properties, or went back to other rows', async () => {
    const changes: readonly ((table: LakeTable) => Promise<unknown>)[] = [
      (table) => table.commit({ add: [table.file('theirs')] }),
      (table) => table.compact('ab', [path('a'), path('b')], { 'total-records': '29' }),
      async ({ catalog, io, load }) => changeProperties(catalog, io, await load(), { 'tributary.held': '{}' }),
      async ({ catalog, io, load }) => rollback(catalog, io, await load()),
    ];
    for (const change of changes) {
      const { table } = await threeFiles();
      await table.commit({ add: [table.file('d')] });
      const stale = await table.load();
      await change(table);
      const live = await table.livePaths();
      await expect(late(table, stale, { operation: 'replace' })).rejects.toMatchObject({ code: 'commit_conflict' });
      expect(await table.livePaths()).toEqual(live);
    }
  });

  it('fails in the end where there is no end to it', async () => {
    const { table } = await threeFiles();
    let compactions = 0;
    const catalog: LakeTable['catalog'] = {
      ...table.catalog,
      swap: async (...args) => {
        await table.compact(`again${compactions++}`, [...(await table.livePaths())]);
        return table.catalog.swap(...args);
      },
    };
    const request = { operation: 'append', add: [table.file('new')], properties: {} } as const;
    await expect(commit(catalog, table.io, await table.load(), request)).rejects.toMatchObject({
      code: 'commit_conflict',
    });
    expect(compactions).toBe(5);
  });
});
