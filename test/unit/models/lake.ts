import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { EngineAdapter } from '../../../engine/adapters/adapter.ts';
import { relationSql } from '../../../engine/adapters/duckdb/relations.ts';
import { duckDbType, identifier, literal } from '../../../engine/adapters/duckdb/types.ts';
import { runAudit } from '../../../engine/build/audit.ts';
import { DUCKDB_PRELUDE } from '../../../engine/dialect/prelude.ts';
import type { CompiledModel, Manifest } from '../../../engine/manifest.ts';

/** A cell as a test writes it; dates, timestamps and decimals as text. */
export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;

export interface LakeColumn {
  readonly name: string;
  readonly type: string;
}

const SCHEMAS = ['bronze', 'operations', 'silver', 'gold', 'marts', 'expected'];

/** A lake in memory: the manifest's tables, filled by hand or by running the models as compiled for DuckDB. */
export class Lake {
  readonly #connection: DuckDBConnection;
  readonly #manifest: Manifest;
  /** Of lakes that no test gives a date: the day of the fixtures. */
  #asOf = '2026-11-21';

  private constructor(connection: DuckDBConnection, manifest: Manifest) {
    this.#connection = connection;
    this.#manifest = manifest;
  }

  static async open(manifest: Manifest): Promise<Lake> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    for (const statement of DUCKDB_PRELUDE) await connection.run(statement);
    for (const schema of SCHEMAS) await connection.run(`create schema ${schema}`);
    return new Lake(connection, manifest);
  }

  /** What `current_date` means, `yyyy-mm-dd`. */
  async asOf(date: string): Promise<void> {
    this.#asOf = date;
    await this.#connection.run(`set variable as_of = cast(${literal(date)} as date)`);
  }

  /** Columns of a source or a model. */
  columnsOf(table: string): readonly LakeColumn[] {
    const { models, sources } = this.#manifest;
    const source = sources.find(({ name }) => name === table);
    if (source !== undefined) return [...source.columns, ...source.partitionColumns];
    const model = models.find(({ name }) => name === table);
    if (model === undefined) throw new Error(`there is no table ${table}`);
    return model.columns;
  }

  /** Puts rows into a table in place of what it held; columns that a row leaves out are null. */
  async fill(table: string, rows: readonly Row[], columns = this.columnsOf(table)): Promise<void> {
    const known = new Set(columns.map(({ name }) => name));
    const stranger = rows.flatMap((row) => Object.keys(row)).find((name) => !known.has(name));
    if (stranger !== undefined) throw new Error(`${table} has no column ${stranger}`);
    const fields = columns.map(({ name, type }) => `${identifier(name)} ${duckDbType(type)}`);
    await this.#connection.run(`create or replace table ${table} (${fields.join(', ')})`);
    if (rows.length === 0) return;
    const tuples = rows.map((row) => `(${columns.map(({ name }) => cell(row[name] ?? null)).join(', ')})`);
    await this.#connection.run(`insert into ${table} values ${tuples.join(', ')}`);
  }

  /** Puts what local copies of a source's objects hold into its table, as the engine reads them. */
  async read(source: string, paths: readonly string[]): Promise<void> {
    const table = this.#manifest.sources.find(({ name }) => name === source);
    if (table === undefined) throw new Error(`there is no source ${source}`);
    const select = relationSql({ ...table, files: [], pathColumns: table.partitionColumns }, paths);
    await this.#connection.run(`create or replace table ${source} as ${select}`);
  }

  /** Runs a model over the tables as they are, and stores what comes out under its name. */
  async build(model: CompiledModel): Promise<void> {
    await this.store(model.name, model.sql.duckdb);
  }

  /** Stores the rows of a SELECT, in DuckDB's words, in a table. */
  async store(table: string, select: string): Promise<void> {
    await this.#connection.run(`create or replace table ${table} as ${select}`);
  }

  /** Builds a model and leaves out the rows that its checks set aside, as a run does. */
  async publish(model: CompiledModel): Promise<void> {
    await this.build(model);
    const keep = model.audit.quarantine?.keep.duckdb;
    if (keep !== undefined) await this.store(model.name, keep);
  }

  /** Publishes all models, in order. */
  async buildAll(): Promise<void> {
    for (const model of this.#manifest.models) await this.publish(model);
  }

  /** Failures by check of a model's audit over its table as built. */
  async audit(model: CompiledModel): Promise<Readonly<Record<string, number>>> {
    const { checks } = await runAudit(this.#adapter, model, { rebuilt: [] }, this.#asOf);
    return Object.fromEntries(checks.map(({ check, failures }) => [check, failures]));
  }

  /** Reads the tables where they are. */
  readonly #adapter: EngineAdapter = {
    engine: 'duckdb',
    query: async ({ sql }) => (await this.#connection.runAndReadAll(sql)).getRowObjectsJson(),
    write: () => Promise.reject(new Error('an audit writes nothing')),
  };

  /** Names and types of a table as built, in DuckDB's spelling. */
  async typesOf(table: string): Promise<readonly LakeColumn[]> {
    const rows = (await this.#connection.runAndReadAll(`describe ${table}`)).getRowObjectsJson();
    return rows.map(({ column_name, column_type }) => ({ name: String(column_name), type: String(column_type) }));
  }

  /** Rows as text in an order that depends on nothing but the rows; doubles to nine decimals. */
  async rows(
    table: string,
    columns = this.columnsOf(table),
    where = 'true',
  ): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const list = columns.map(({ name, type }) => `${asText(name, type)} as ${identifier(name)}`);
    const select = `select ${list.join(', ')} from ${table} where ${where} order by all`;
    return (await this.#connection.runAndReadAll(select)).getRowObjectsJson();
  }

  close(): void {
    this.#connection.closeSync();
  }
}

const cell = (value: Cell): string => (value === null ? 'null' : literal(String(value)));

const asText = (name: string, type: string): string =>
  type === 'double' ? `cast(round(${identifier(name)}, 9) as varchar)` : `cast(${identifier(name)} as varchar)`;
