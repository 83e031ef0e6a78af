import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { PACKAGE_TABLES, type SourceFile } from './sources.ts';

export interface WrittenFile {
  readonly path: string;
  readonly rows: number;
}

const COPY_OPTIONS: Readonly<Record<SourceFile['format'], string>> = {
  csv: 'format csv, header',
  json: 'format json, array true',
  ndjson: 'format json',
  parquet: 'format parquet, compression zstd',
};

/** DuckDB with the package's tables as views. What it writes is the same on each machine: order and threads are fixed. */
export async function openPackage(dataDirectory: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  const connection = await instance.connect();
  for (const table of PACKAGE_TABLES) {
    await connection.run(`create view ${table} as select * from '${join(dataDirectory, `${table}.parquet`)}'`);
  }
  connection.closeSync();
  return instance;
}

/** Writes one source file below `directory`. */
export async function writeSource(
  instance: DuckDBInstance,
  { source, name, format, sql }: SourceFile,
  directory: string,
): Promise<WrittenFile> {
  const path = join(directory, `${source}-${name}`);
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(`copy (${sql}) to '${path}' (${COPY_OPTIONS[format]})`);
  connection.closeSync();
  return { path, rows: Number(result.getRowsJson()[0]?.[0] ?? 0) };
}
