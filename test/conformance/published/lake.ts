import { join } from 'node:path';
import type { EngineAdapter, InputTable } from '../../../engine/adapters/adapter.ts';
import {
  type Catalog,
  type CommitRequest,
  commit,
  createTable,
  type DataFile,
  dataFiles,
  type FileIo,
  loadTable,
  plannedColumns,
  type Snapshot,
  type Table,
  type TableDefinition,
  tableColumns,
  type VersionSelector,
} from '../../../engine/iceberg/index.ts';
import { BUCKET, type Store, startStore } from '../store.ts';
import { type EngineOptions, type LakeEngine, sparkEngine, trinoEngine } from './engines.ts';

export const DATABASE = 'published';

export const ENGINES: Readonly<Record<'Trino' | 'Spark', (options: EngineOptions) => Promise<LakeEngine>>> = {
  Trino: trinoEngine,
  Spark: sparkEngine,
};
export type OtherEngine = keyof typeof ENGINES;

interface Publication {
  readonly definition: TableDefinition;
  readonly sql: string;
  readonly operation?: CommitRequest['operation'];
  readonly remove?: (file: DataFile) => boolean;
  readonly renames?: Readonly<Record<string, string>>;
}

type Rows = readonly (readonly unknown[])[];

/** An empty lake, with our own engine and another one upon it. */
export class Lake {
  readonly catalog: Catalog;
  readonly io: FileIo;
  readonly engine: EngineAdapter;
  readonly other: LakeEngine;
  readonly #store: Store;

  private constructor(store: Store, other: LakeEngine) {
    const { catalog, io, engine } = store;
    this.catalog = catalog;
    this.io = io;
    this.engine = engine;
    this.other = other;
    this.#store = store;
  }

  static async start(name: OtherEngine): Promise<Lake> {
    const store = await startStore([DATABASE]);
    const { endpoint, directory } = store;
    const options = { endpoint, directory: join(directory, 'engine'), database: DATABASE };
    const other = await ENGINES[name](options).catch(async (error: unknown) => {
      await store.stop();
      throw error;
    });
    return new Lake(store, other);
  }

  async stop(): Promise<void> {
    await this.other.stop();
    await this.#store.stop();
  }

  async load(table: string): Promise<Table> {
    const loaded = await loadTable(this.catalog, this.io, DATABASE, table);
    if (loaded === undefined) throw new Error(`${table} is not in the catalog`);
    return loaded;
  }

  async create(definition: TableDefinition, sql: string): Promise<Snapshot> {
    await createTable(this.catalog, this.io, definition);
    return this.publish({ definition, sql });
  }

  /** Builds and publishes as the engine does: DuckDB writes the files, the committer commits them. */
  async publish({ definition, sql, operation = 'append', remove, renames = {} }: Publication): Promise<Snapshot> {
    const table = await this.load(definition.table);
    const columns = plannedColumns(table, { operation, definition, renames });
    const { partitionBy, sortBy, location } = definition;
    const target = { columns, partitionBy, sortBy, destination: `${location}/data` };
    const add = await this.engine.write({ sql, inputs: [], asOf: '2026-11-21', ...target });
    const live = remove === undefined ? [] : await dataFiles(this.io, table);
    const paths = live.filter((file) => remove?.(file)).map((file) => file.path);
    const properties = { 'tributary.run-id': 'conformance' };
    return commit(this.catalog, this.io, table, { operation, add, remove: paths, properties, definition, renames });
  }

  /** A table as DuckDB reads it. */
  async input(table: string, selector: VersionSelector = {}): Promise<InputTable> {
    const loaded = await this.load(table);
    const files = (await dataFiles(this.io, loaded, selector)).map(({ path, bytes }) => ({ uri: path, bytes }));
    return { name: `${DATABASE}.${table}`, format: 'parquet', columns: tableColumns(loaded, selector), files };
  }

  /** All rows as DuckDB reads the files that our reader lists. */
  async ours(table: string, selector: VersionSelector = {}): Promise<Rows> {
    const input = await this.input(table, selector);
    const sql = `select * from ${DATABASE}.${table} order by id`;
    const rows = await this.engine.query({ sql, inputs: [input], asOf: '2026-11-21' });
    return rows.map((row) => Object.values(row).map(plain));
  }

  /** All rows as the other engine reads the table. */
  async theirs(table: string, version = ''): Promise<Rows> {
    const { rows } = await this.other.query(`select * from ${this.other.table(table)} ${version} order by id`);
    return rows.map((row) => row.map(plain));
  }

  /** The first value of the other engine's answer. */
  async scalar(sql: string): Promise<unknown> {
    return (await this.other.query(sql)).rows[0]?.[0];
  }
}

/** A value in a spelling that all engines share: fractions of seconds without trailing zeros. */
export const plain = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:/.test(value)
    ? value.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    : value;

/** A definition with a key, a text and a date. */
export const define = (table: string, fields: Partial<TableDefinition> = {}): TableDefinition => ({
  database: DATABASE,
  table,
  location: `s3://${BUCKET}/${DATABASE}/${table}`,
  columns: [
    { name: 'id', type: 'bigint', description: 'Key' },
    { name: 'name', type: 'varchar', description: 'What it is called' },
    { name: 'sold_on', type: 'date', description: '' },
  ],
  partitionBy: [],
  sortBy: ['id'],
  description: 'A table for tests',
  ...fields,
});

/** Thirty rows of such a table, ten a day. */
export const THREE_DAYS = `select i as id, 'item ' || i as name, date '2026-01-01' + (i % 3)::int as sold_on from range(30) t(i)`;
