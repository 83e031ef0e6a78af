import { TributaryError } from '../../common/errors.ts';
import type { InputFile, InputTable } from '../adapters/adapter.ts';
import { type InputVersion, sourceVersion } from '../fingerprint.ts';
import { type DataFile, dataFiles, loadTable, snapshotOf, type Table, tableColumns } from '../iceberg/index.ts';
import type { SourceTable } from '../manifest.ts';
import type { BuildDeps } from './ports.ts';
import { publishedBy } from './published.ts';

/** A table at the version that a build reads, whatever is published meanwhile. */
export type BuildInput = SourceInput | TableInput;

interface AnyInput extends InputVersion {
  readonly bytes: number;
  /** The files of that version. */
  read(): Promise<InputTable>;
}

export interface SourceInput extends AnyInput {
  readonly objects: readonly InputFile[];
  /** The table with some of its objects. */
  withObjects(objects: readonly InputFile[]): InputTable;
}

export interface TableInput extends AnyInput {
  readonly iceberg: Table;
  /** The table with those of its files that are wanted. */
  readFiles(isWanted: (file: DataFile) => boolean): Promise<InputTable>;
}

export const isSource = (input: BuildInput): input is SourceInput => 'objects' in input;

/** What it takes to find the versions of tables. */
export type Reads = Pick<BuildDeps, 'manifest' | 'catalog' | 'io' | 'sources'>;

/** The current versions of tables, sources and models alike. Throws `input_missing`. */
export function findInputs(deps: Reads, names: readonly string[]): Promise<readonly BuildInput[]> {
  const sources = new Map(deps.manifest.sources.map((source) => [source.name, source]));
  return Promise.all(
    names.map((name) => {
      const source = sources.get(name);
      return source === undefined ? findTable(deps, name) : findSource(deps, source);
    }),
  );
}

async function findSource({ sources }: Reads, source: SourceTable): Promise<SourceInput> {
  const objects = await sources.list(source);
  const { name, format, columns, partitionColumns } = source;
  const withObjects = (files: readonly InputFile[]): InputTable => ({
    name,
    format,
    columns,
    files,
    pathColumns: partitionColumns,
  });
  return {
    table: name,
    version: sourceVersion(objects),
    bytes: totalBytes(objects),
    objects,
    withObjects,
    read: async () => withObjects(objects),
  };
}

async function findTable({ catalog, io }: Reads, name: string): Promise<TableInput> {
  const [database = '', tableName = ''] = name.split('.');
  const table = await loadTable(catalog, io, database, tableName);
  if (table === undefined) {
    throw new TributaryError({
      code: 'input_missing',
      message: `the table ${name} is not in the catalog`,
      advice: 'Deploy again: every table is created, empty, at deployment.',
    });
  }
  const readFiles = async (isWanted: (file: DataFile) => boolean): Promise<InputTable> =>
    inputTable(name, table, (await dataFiles(io, table)).filter(isWanted));
  return {
    table: name,
    version: versionOf(table),
    bytes: Number(snapshotOf(table)?.summary['total-files-size'] ?? 0),
    iceberg: table,
    readFiles,
    read: () => readFiles(() => true),
  };
}

/** A table with some of its data files, under a name. */
export const inputTable = (name: string, table: Table, files: readonly DataFile[]): InputTable => ({
  name,
  format: 'parquet',
  columns: tableColumns(table),
  files: files.map(({ path, bytes }) => ({ uri: path, bytes })),
});

function versionOf(table: Table): string {
  const snapshot = snapshotOf(table);
  if (snapshot === undefined) return 'empty';
  return publishedBy(table)?.content ?? `snapshot ${snapshot.id}`;
}

export const totalBytes = (files: readonly Pick<InputFile, 'bytes'>[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Versions as they are recorded. */
export const versionsOf = (inputs: readonly InputVersion[]): readonly InputVersion[] =>
  inputs.map(({ table, version }) => ({ table, version }));

/** The files of several inputs, at the versions that were found. */
export const readAll = (inputs: readonly BuildInput[]): Promise<readonly InputTable[]> =>
  Promise.all(inputs.map((input) => input.read()));
