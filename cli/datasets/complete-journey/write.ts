import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { FileFormat } from '../../../events/contracts/contract.ts';
import { PACKAGE_TABLES, type SourceFile } from './sources.ts';

export interface WrittenFile extends Pick<SourceFile, 'source' | 'name'> {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

const COPY_OPTIONS: Readonly<Record<FileFormat, string>> = {
  csv: 'format csv, header',
  json: 'format json, array true',
  ndjson: 'format json',
  parquet: 'format parquet, compression zstd',
};

/** DuckDB with the package's tables as views. Its files are the same on each machine: order and threads are fixed. */
export async function openPackage(dataDirectory: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  const connection = await instance.connect();
  for (const table of PACKAGE_TABLES) {
    await connection.run(`create view ${table} as select * from '${join(dataDirectory, `${table}.parquet`)}'`);
  }
  return connection;
}

/** Writes one source file below `directory`. */
export async function writeSource(
  connection: DuckDBConnection,
  { source, name, format, sql }: SourceFile,
  directory: string,
): Promise<WrittenFile> {
  const path = join(directory, `${source}-${name}`);
  const result = await connection.run(`copy (${sql}) to '${path}' (${COPY_OPTIONS[format]})`);
  const { size } = await stat(path);
  return { source, name, path, rows: Number((await result.getRowsJson())[0]?.[0] ?? 0), bytes: size };
}
