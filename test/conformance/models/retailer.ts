import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { InputTable } from '../../../engine/adapters/adapter.ts';
import { parseTypeName, typeName } from '../../../engine/dialect/index.ts';
import { stringifyExactJson } from '../../../engine/iceberg/exact-json.ts';
import { commit, createTable, loadTable, plannedColumns, type TableDefinition } from '../../../engine/iceberg/index.ts';
import type { CompiledModel, Manifest, SourceTable } from '../../../engine/manifest.ts';
import { syntheticBronze } from '../../fixtures/synthetic-bronze.ts';
import { BUCKET, type Store, startStore } from '../store.ts';

export const AS_OF = '2026-10-31';

/** Database of the versions from which rows were set aside before they were published. */
const NEW_VERSIONS = 'new_versions';

type Columns = TableDefinition['columns'];

/** All tables of a small synthetic retailer, published in the emulator. */
export interface Retailer {
  readonly store: Store;
  /** Tables by name, as DuckDB reads them. */
  readonly inputs: ReadonlyMap<string, InputTable>;
  /** The same of the versions before rows were set aside, by the model's name, and their names in the catalog. */
  readonly newVersions: ReadonlyMap<string, { readonly input: InputTable; readonly name: string }>;
}

/** Publishes bronze and then every model, in order, as the engine builds them with DuckDB. */
export async function publishRetailer(manifest: Manifest): Promise<Retailer> {
  const databases = new Set([...manifest.sources, ...manifest.models].map(({ name }) => databaseOf(name)));
  const store = await startStore([...databases, NEW_VERSIONS]);
  try {
    return await publishInto(store, manifest);
  } catch (error) {
    await store.stop();
    throw error;
  }
}

async function publishInto(store: Store, { models, sources }: Manifest): Promise<Retailer> {
  const inputs = new Map<string, InputTable>();
  const newVersions = new Map<string, { input: InputTable; name: string }>();
  const { tables } = syntheticBronze();
  for (const source of sources) {
    const rows = tables.get(tableOf(source.name)) ?? [];
    inputs.set(source.name, await publishSource(store, source, rows));
  }
  for (const model of models) {
    const read = model.inputs.flatMap((name) => inputs.get(name) ?? []);
    const { keep } = model.audit.quarantine ?? {};
    if (keep === undefined) {
      inputs.set(model.name, await publishModel(store, model, model.name, model.sql.duckdb, read));
      continue;
    }
    const name = `${NEW_VERSIONS}.${tableOf(model.name)}`;
    const input = { ...(await publishModel(store, model, name, model.sql.duckdb, read)), name: model.name };
    newVersions.set(model.name, { input, name });
    const besides = model.audit.tables.flatMap((table) => inputs.get(table) ?? []);
    inputs.set(model.name, await publishModel(store, model, model.name, keep.duckdb, [input, ...besides]));
  }
  return { store, inputs, newVersions };
}

async function publishSource(store: Store, source: SourceTable, rows: readonly object[]): Promise<InputTable> {
  const columns = [...source.columns, ...source.partitionColumns].map(({ name, type }) => ({
    name,
    type: typeName(parseTypeName(type)).replace(/^timestamp.*/, 'timestamp'),
    description: '',
  }));
  const Key = `received/${source.name}.json`;
  const Body = rows.map(stringifyExactJson).join('\n');
  await store.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
  const files = [{ uri: `s3://${BUCKET}/${Key}`, bytes: Buffer.byteLength(Body) }];
  const received: InputTable = { name: 'received.rows', format: 'json', columns: withIds(columns), files };
  return publishTable(store, source.name, columns, 'select * from received.rows', [received]);
}

const publishModel = (
  store: Store,
  { columns }: CompiledModel,
  name: string,
  sql: string,
  inputs: readonly InputTable[],
): Promise<InputTable> => publishTable(store, name, columns, sql, inputs);

async function publishTable(
  { catalog, io, engine }: Store,
  name: string,
  columns: Columns,
  sql: string,
  inputs: readonly InputTable[],
): Promise<InputTable> {
  const [database, table] = [databaseOf(name), tableOf(name)];
  const location = `s3://${BUCKET}/${database}/${table}`;
  const definition = { database, table, location, columns, partitionBy: [], sortBy: [], description: '' };
  await createTable(catalog, io, definition);
  const created = await loadTable(catalog, io, database, table);
  if (created === undefined) throw new Error(`${name} is not in the catalog`);
  const planned = plannedColumns(created, { operation: 'replace', definition });
  const target = { columns: planned, partitionBy: [], sortBy: [], destination: `${location}/data` };
  const add = await engine.write({ sql, inputs, asOf: AS_OF, ...target });
  await commit(catalog, io, created, { operation: 'replace', add, properties: {}, definition });
  return { name, format: 'parquet', columns: planned, files: add.map(({ path, bytes }) => ({ uri: path, bytes })) };
}

const withIds = (columns: Columns): InputTable['columns'] =>
  columns.map((column, index) => ({ ...column, id: index + 1 }));

const databaseOf = (name: string): string => name.split('.')[0] ?? '';
const tableOf = (name: string): string => name.split('.')[1] ?? '';
