import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../engine/adapters/duckdb/types.ts';

const FILE = 'tables.json';

/** A SELECT in DuckDB's SQL for each table that a contender has made. */
export type Tables = Readonly<Record<string, string>>;

export const filesOf = (paths: readonly string[]): string =>
  `select * from read_parquet([${paths.map(literal).join(', ')}], hive_partitioning = false, union_by_name = true)`;

export const writeTables = (folder: string, tables: Tables): Promise<void> =>
  writeFile(join(folder, FILE), JSON.stringify(tables));

/** What a contender has told of its tables; programs leave a folder of Parquet files per table. */
export async function readTables(folder: string, names: readonly string[]): Promise<Tables> {
  const told = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
  if (told !== undefined) return JSON.parse(told) as Tables;
  return Object.fromEntries(names.map((name) => [name, filesOf([join(folder, name, '**', '*.parquet')])]));
}
