/** A Hive-style table over objects that Lambdas write; partitions are projected, so nothing has to register them. */
export interface ExternalTable {
  readonly database: 'bronze' | 'operations';
  readonly name: string;
  readonly description: string;
  readonly format: 'parquet' | 'json';
  /** Key of `Platform.buckets`. */
  readonly bucket: 'bronze' | 'quarantine' | 'operations';
  /** Key prefix below the bucket, without a trailing slash. */
  readonly prefix: string;
  /** Types as Athena DDL names them: string, int, bigint, decimal(18,2), timestamp, array<struct<…>>. */
  readonly columns: readonly { readonly name: string; readonly type: string; readonly description: string }[];
  /** In path order: `<name>=<value>/`. */
  readonly partitions: readonly ProjectedPartition[];
}

export type ProjectedPartition =
  | { readonly name: string; readonly projection: 'date' }
  | { readonly name: string; readonly projection: 'hour' }
  | { readonly name: string; readonly projection: 'enum'; readonly values: readonly string[] };

/** Type of every partition column, in Glue and wherever paths are read: `2026-11-21` and `07` compare as text. */
export const PARTITION_TYPE = 'string';
