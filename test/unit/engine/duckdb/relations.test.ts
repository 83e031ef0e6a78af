import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputTable } from '../../../../engine/adapters/adapter.ts';
import { DuckDb } from '../../../../engine/adapters/duckdb/connection.ts';
import { relationSql } from '../../../../engine/adapters/duckdb/relations.ts';

let directory: string;
let database: DuckDb;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relations-'));
  database = await DuckDb.open({ temporaryDirectory: join(directory, 'spill'), memoryLimit: '200MB', prelude: [] });
});

afterAll(async () => {
  database.close();
  await rm(directory, { recursive: true });
});

async function parquet(name: string, select: string, options = ''): Promise<string> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await database.session(({ connection }) =>
    connection.run(`copy (${select}) to '${path}' (format parquet${options})`),
  );
  return path;
}

const table = (fields: Partial<InputTable>): InputTable => ({
  name: 'silver.t',
  format: 'parquet',
  columns: [],
  files: [],
  ...fields,
});

const rows = (relation: InputTable, paths: readonly string[], query = 'select * from silver.t') =>
  database.session(async (session) => {
    await session.view('silver.t', relationSql(relation, paths));
    return (await session.connection.runAndReadAll(query)).getRowObjectsJson();
  });

describe('relationSql', () => {
  it('reads Iceberg columns by field id, through renames and widenings, and null where a file is older', async () => {
    const old = await parquet('old.parquet', "select 1::int as n, 'a' as old_name", ', field_ids {n: 1, old_name: 2}');
    const fresh = await parquet(
      'new.parquet',
      "select 'b' as name, 2::bigint as n, date '2026-01-02' as day, ['x'] as tags",
      ', field_ids {n: 1, name: 2, day: 3, tags: {__duckdb_field_id: 4, element: 5}}',
    );
    const relation = table({
      columns: [
        { id: 2, name: 'name', type: 'varchar' },
        { id: 1, name: 'n', type: 'bigint' },
        { id: 3, name: 'day', type: 'date' },
        { id: 4, name: 'tags', type: 'array(varchar)' },
      ],
    });
    expect(await rows(relation, [old, fresh], 'select * from silver.t order by n')).toEqual([
      { name: 'a', n: '1', day: null, tags: null },
      { name: 'b', n: '2', day: '2026-01-02', tags: ['x'] },
    ]);
  });

  it('reads Hive tables by name with their path columns, columns that no file has included', async () => {
    const one = await parquet('h/d=2026-01-01/h=03/one.parquet', 'select 1::int as n, 9 as undeclared');
    const two = await parquet('h/d=2026-01-02/h=04/two.parquet', "select 2::int as n, 'late' as note");
    const relation = table({
      columns: [
        { name: 'n', type: 'bigint' },
        { name: 'note', type: 'string' },
        { name: 'never', type: 'decimal(18,2)' },
      ],
      pathColumns: [
        { name: 'd', type: 'date' },
        { name: 'h', type: 'string' },
      ],
    });
    expect(await rows(relation, [one, two], 'select * from silver.t order by n')).toEqual([
      { n: '1', note: null, never: null, d: '2026-01-01', h: '03' },
      { n: '2', note: 'late', never: null, d: '2026-01-02', h: '04' },
    ]);
    expect(await rows(relation, [one, two], "select n from silver.t where d = date '2026-01-02'")).toEqual([
      { n: '2' },
    ]);
  });

  it('reads JSON lines with nested columns', async () => {
    const path = join(directory, 'log.json');
    await writeFile(path, '{"run":"a","checks":[{"id":"x","score":1.5}]}\n{"run":"b"}\n');
    const relation = table({
      format: 'json',
      columns: [
        { name: 'run', type: 'string' },
        { name: 'checks', type: 'array<struct<id:string,score:double>>' },
      ],
    });
    expect(await rows(relation, [path])).toEqual([
      { run: 'a', checks: [{ id: 'x', score: 1.5 }] },
      { run: 'b', checks: null },
    ]);
  });

  it.each(['parquet', 'json'] as const)('is empty but typed without %s files', async (format) => {
    const relation = table({ format, columns: [{ name: 'n', type: 'decimal(18,2)' }] });
    expect(await rows(relation, [], 'select count(n), sum(n) is null from silver.t')).toEqual([
      { 'count(n)': '0', '(sum(n) IS NULL)': true },
    ]);
  });
});

describe('DuckDb', () => {
  it('lets sessions give the same table name to different versions at once', async () => {
    const counts = await Promise.all(
      [1, 2, 3].map((version) =>
        database.session(async (session) => {
          await session.view('gold.t', `select ${version} as v`);
          const reader = await session.connection.runAndReadAll('select v from gold.t');
          return reader.getRowsJson()[0]?.[0];
        }),
      ),
    );
    expect(counts).toEqual([1, 2, 3]);
  });

  it('gives queries the logical date', async () => {
    const typed = await database.session(async (session) => {
      await session.asOf('2018-01-01');
      const sql = "select getvariable('as_of') as day, cast(getvariable('as_of') as timestamp) as at";
      return (await session.connection.runAndReadAll(sql)).getRowObjectsJson();
    });
    expect(typed).toEqual([{ day: '2018-01-01', at: '2018-01-01 00:00:00' }]);
  });
});
