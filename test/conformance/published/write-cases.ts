import { expect, it } from 'vitest';
import { commit, dataFiles, snapshots, tableColumns } from '../../../engine/iceberg/index.ts';
import { BUCKET } from '../store.ts';
import { DATABASE, define, type Lake, type OtherEngine, THREE_DAYS } from './lake.ts';
import { WRITES } from './writes.ts';

/** We see what another engine wrote as it does, and go on from there. */
export function weReadWhatItWrites(engine: OtherEngine, started: () => Lake): void {
  it('rows that it inserts into our table, and go on from there', async () => {
    const lake = started();
    const definition = define('shared', { partitionBy: [{ column: 'sold_on', transform: 'month' }] });
    await lake.create(definition, THREE_DAYS);
    await lake.other.query(
      `insert into ${lake.other.table('shared')} values (1000, 'theirs', date '2026-05-01'), (1001, null, null)`,
    );
    expect(await lake.ours('shared')).toEqual(await lake.theirs('shared'));
    expect(await lake.ours('shared')).toHaveLength(32);
    await lake.publish({
      definition,
      operation: 'overwrite',
      remove: (file) => file.partition[0] === null,
      sql: `select 2000::bigint as id, 'ours' as name, date '2026-06-01' as sold_on`,
    });
    expect(await lake.theirs('shared')).toEqual(await lake.ours('shared'));
    expect((await lake.ours('shared')).map(([id]) => id).slice(30)).toEqual([1000, 2000]);
    expect(snapshots(await lake.load('shared'))).toHaveLength(3);
  });

  it.each(WRITES[engine])('what came of: $way', async ({ way, statements }) => {
    const lake = started();
    const table = `by_${way.replaceAll(' ', '_')}`;
    const definition = define(table, { partitionBy: [{ column: 'sold_on', transform: 'identity' }] });
    await lake.create(definition, THREE_DAYS);
    const before = await lake.ours(table);
    for (const statement of statements(lake.other.table(table))) await lake.other.query(statement);
    expect(await lake.ours(table)).toEqual(await lake.theirs(table));
    expect(await lake.ours(table)).not.toEqual(before);
    await lake.publish({ definition, operation: 'replace', sql: THREE_DAYS });
    expect(await lake.ours(table)).toEqual(before);
    expect(await lake.theirs(table)).toEqual(before);
  });

  it('a table that it made, by buckets too, which it then cannot tell from its own', async () => {
    const lake = started();
    await lake.other.query(lake.other.makeTable('made_by_it', `s3://${BUCKET}/${DATABASE}/made_by_it`));
    const table = await lake.load('made_by_it');
    expect(tableColumns(table).map(({ type }) => type)).toEqual([
      'bigint',
      'varchar',
      'row(a integer, b varchar)',
      'map(varchar, double)',
    ]);
    const sql = `select count(*) as n, sum(id) as ids, sum(r.a) as a, max(m['k']) as k from ${DATABASE}.made_by_it`;
    const inputs = [await lake.input('made_by_it')];
    expect(await lake.engine.query({ sql, inputs, asOf: '2026-11-21' })).toEqual([{ n: 20, ids: 210, a: 210, k: 1.5 }]);
    const [gone] = await dataFiles(lake.io, table);
    const request = { operation: 'overwrite', add: [], remove: [gone?.path ?? ''], properties: {} } as const;
    await commit(lake.catalog, lake.io, table, request);
    expect(await lake.scalar(`select count(*) from ${lake.other.table('made_by_it')}`)).toBe(20 - (gone?.rows ?? 0));
  });

  it('a table that it compacted', async () => {
    const lake = started();
    const definition = define('compacted');
    await lake.create(definition, THREE_DAYS);
    await lake.publish({ definition, sql: THREE_DAYS.replace('i as id', 'i + 100 as id') });
    await lake.other.query(lake.other.compact('compacted'));
    expect(await dataFiles(lake.io, await lake.load('compacted'))).toHaveLength(1);
    expect(await lake.ours('compacted')).toEqual(await lake.theirs('compacted'));
    expect(await lake.ours('compacted')).toHaveLength(60);
  });

  it('no table in which it marked rows as deleted, until we replace it', async () => {
    const lake = started();
    const definition = define('deleted');
    await lake.create(definition, THREE_DAYS);
    for (const sql of lake.other.markDeleted(lake.other.table('deleted'), 'id = 7')) await lake.other.query(sql);
    expect(await lake.theirs('deleted')).toHaveLength(29);
    const refusal = { code: 'delete_files_unsupported', where: `${DATABASE}.deleted` };
    await expect(lake.ours('deleted')).rejects.toMatchObject(refusal);
    await expect(lake.publish({ definition, sql: THREE_DAYS })).rejects.toMatchObject(refusal);
    await lake.publish({ definition, operation: 'replace', sql: THREE_DAYS });
    expect(await lake.theirs('deleted')).toEqual(await lake.ours('deleted'));
    expect(await lake.theirs('deleted')).toHaveLength(30);
  });

  it('and refuses to publish upon a version that it has replaced', async () => {
    const lake = started();
    const definition = define('raced');
    await lake.create(definition, THREE_DAYS);
    const stale = await lake.load('raced');
    await lake.other.query(`insert into ${lake.other.table('raced')} values (1000, 'theirs', date '2026-05-01')`);
    const request = { operation: 'replace', add: [], properties: {} } as const;
    await expect(commit(lake.catalog, lake.io, stale, request)).rejects.toMatchObject({ code: 'commit_conflict' });
    expect(await lake.theirs('raced')).toHaveLength(31);
  });
}
