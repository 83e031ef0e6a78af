import { startSpark } from '../spark.ts';
import { startTrino } from '../trino.ts';

export type Rows = readonly (readonly unknown[])[];

/** What a query gave, in the terms of Trino's protocol. */
export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: Rows;
  /** Rows that were read from files, after whole files were skipped. */
  readonly processedRows: number;
}

/** Another engine upon the lake, with its own spelling of what engines spell differently. */
export interface LakeEngine {
  query(sql: string): Promise<Result>;
  /** The name of an Iceberg table in queries. */
  table(name: string): string;
  /** The function that writes bytes in hexadecimal digits. */
  readonly hex: string;
  /** Id and two properties of each version of a table, the oldest first. */
  snapshots(table: string, properties: readonly [string, string]): Promise<Rows>;
  /** Of each data file the number of rows, then each column's least and greatest value and its nulls; by the first least value. */
  files(table: string, columns: readonly string[]): Promise<Rows>;
  /** Statement that makes a table by buckets of `id`, 1 to 20, with a `name`, a row `r` and a map `m`. */
  makeTable(name: string, location: string): string;
  /** Statements that mark a row as deleted instead of rewriting its file. */
  markDeleted(table: string, condition: string): readonly string[];
  /** Statement that rewrites the files of a table into few. */
  compact(name: string): string;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly endpoint: string;
  readonly directory: string;
  readonly database: string;
}

export async function trinoEngine({ endpoint, directory, database }: EngineOptions): Promise<LakeEngine> {
  const trino = await startTrino({ endpoint, directory, onProgress: console.info });
  const table = (name: string): string => `iceberg.${database}.${name}`;
  return {
    query: trino.query,
    table,
    hex: 'to_hex',
    async snapshots(name, [first, second]) {
      const sql = `select cast(snapshot_id as varchar), summary['${first}'], summary['${second}']
        from ${table(`"${name}$snapshots"`)} order by committed_at`;
      return (await trino.query(sql)).rows;
    },
    async files(name, columns) {
      const maps = ['lower_bounds', 'upper_bounds', 'null_value_counts'];
      const fields = columns.flatMap((_, index) => maps.map((map) => `element_at(${map}, ${index + 1})`));
      const sql = `select record_count, ${fields.join(', ')} from ${table(`"${name}$files"`)} order by 2`;
      const { rows } = await trino.query(sql);
      return rows.map((row) => row.map(asBound));
    },
    makeTable: (name, location) =>
      `create table ${table(name)} with (partitioning = array['bucket(id, 4)'], location = '${location}') as
       select x as id, 'n' || cast(x as varchar) as name, cast(row(x, 'b') as row(a integer, b varchar)) as r,
         map(array['k'], array[1.5e0]) as m
       from unnest(sequence(bigint '1', 20)) t(x)`,
    markDeleted: (name, condition) => [`delete from ${name} where ${condition}`],
    compact: (name) => `alter table ${table(name)} execute optimize`,
    stop: trino.stop,
  };
}

export async function sparkEngine({ endpoint, directory, database }: EngineOptions): Promise<LakeEngine> {
  const spark = await startSpark({ endpoint, directory, onProgress: console.info });
  const table = (name: string): string => `glue.${database}.${name}`;
  return {
    query: spark.query,
    table,
    hex: 'hex',
    async snapshots(name, [first, second]) {
      const sql = `select cast(snapshot_id as string), summary['${first}'], summary['${second}']
        from ${table(name)}.snapshots order by committed_at`;
      return (await spark.query(sql)).rows;
    },
    async files(name, columns) {
      const metrics = ['lower_bound', 'upper_bound', 'null_value_count'];
      const fields = columns.flatMap((column) => metrics.map((metric) => `readable_metrics.${column}.${metric}`));
      const { rows } = await spark.query(
        `select record_count, ${fields.join(', ')} from ${table(name)}.files order by 2`,
      );
      return rows.map((row) => row.map(asBound));
    },
    makeTable: (name, location) =>
      `create table ${table(name)} using iceberg partitioned by (bucket(4, id)) location '${location}' as
       select id, concat('n', id) as name, named_struct('a', cast(id as int), 'b', 'b') as r, map('k', 1.5d) as m
       from range(1, 21)`,
    markDeleted: (name, condition) => [
      `alter table ${name} set tblproperties ('write.delete.mode' = 'merge-on-read')`,
      `delete from ${name} where ${condition}`,
    ],
    compact: (name) =>
      `call glue.system.rewrite_data_files(table => '${database}.${name}', options => map('min-input-files', '2'))`,
    stop: spark.stop,
  };
}

/** Spark writes bounds as values, Trino as text. */
const asBound = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : String(Object.is(value, -0) ? '-0.0' : value)
        .replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ')
        .replace(/(:\d\d)\.0+$/, '$1');
