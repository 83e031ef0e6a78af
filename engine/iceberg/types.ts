import type { Column, PartitionBy } from '../model.ts';

/** Bounds and counts of one column in one data file, as Iceberg's manifests carry them. */
export interface ColumnStats {
  readonly valueCount: number;
  readonly nullCount: number;
  /** Bytes on disk. */
  readonly size: number;
  /** Iceberg single-value serialisation; absent where unknown or all null. */
  readonly lower?: Uint8Array;
  readonly upper?: Uint8Array;
}

/** A Parquet file of a table. Partition values are in Iceberg's terms: day and month are integers since 1970. */
export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly partition: readonly (string | number | bigint | null)[];
  /** By Iceberg field id. */
  readonly stats: ReadonlyMap<number, ColumnStats>;
}

/** A column with the field id that the table's schema gives it. */
export interface FieldColumn extends Pick<Column, 'name' | 'type'> {
  readonly id: number;
  /** Field id of the elements of an array column. */
  readonly elementId?: number;
}

/** What a table must look like; the committer creates it or evolves the schema by name. */
export interface TableDefinition {
  readonly database: string;
  readonly table: string;
  /** `s3://bucket/prefix`, without a trailing slash. */
  readonly location: string;
  readonly columns: readonly Pick<Column, 'name' | 'type' | 'description'>[];
  readonly partitionBy: readonly PartitionBy[];
  readonly sortBy: readonly string[];
  readonly description: string;
}

/** One published version of a table. */
export interface Snapshot {
  /** As a string: other writers' ids exceed 2^53. */
  readonly id: string;
  /** The version that it was made from; absent for the first, and where another writer did not say. */
  readonly parentId?: string;
  readonly timestampMs: number;
  readonly operation: string;
  /** Snapshot properties: `tributary.run-id`, `tributary.fingerprint`, `total-records` … */
  readonly summary: Readonly<Record<string, string>>;
  readonly manifestList: string;
  readonly schemaId: number;
}
