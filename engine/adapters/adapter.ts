import { TributaryError } from '../../common/errors.ts';
import type { DataFile, FieldColumn } from '../iceberg/types.ts';
import type { EngineName, PartitionBy } from '../model.ts';

/** A row of a result: numbers too large for a double and decimals arrive as strings. */
export type ResultRow = Readonly<Record<string, unknown>>;

/** An immutable object that holds a part of a table. */
export interface InputFile {
  readonly uri: string;
  readonly bytes: number;
  /** ETag where the object may be overwritten; absent for data files that are written once. */
  readonly etag?: string;
}

/** The version of a table that a query reads. */
export interface InputTable {
  readonly name: string;
  readonly format: 'parquet' | 'json';
  /** Columns in order; a file that lacks one gives null. Iceberg tables give field ids, and columns are read by them. */
  readonly columns: readonly (Omit<FieldColumn, 'id'> & { readonly id?: number })[];
  readonly files: readonly InputFile[];
  /** Hive partition columns, read from the paths. */
  readonly pathColumns?: readonly { readonly name: string; readonly type: string }[];
  /** Name of a further column: the position in `files` of the file that a row is in. DuckDB only, for Parquet. */
  readonly filePosition?: string;
  /** Rows that do not meet this condition are not needed; an engine may leave them out. SQL that every engine reads. */
  readonly where?: string;
}

/** A file that was written and is not yet part of a table. */
export interface NewFile extends DataFile {
  /** Hash of its rows, whatever their order; hashes of several files add up by `addContents`. */
  readonly content: string;
}

export interface QueryRequest {
  /** A SELECT in the engine's own dialect, as the manifest holds it. */
  readonly sql: string;
  readonly inputs: readonly InputTable[];
  /** What `current_date` means, `yyyy-mm-dd`. */
  readonly asOf: string;
}

export interface WriteRequest extends QueryRequest {
  /** Target columns with the field ids to write into the files. */
  readonly columns: readonly FieldColumn[];
  readonly partitionBy: readonly PartitionBy[];
  readonly sortBy: readonly string[];
  /** Columns whose values are no part of the content of the files. */
  readonly exempt?: readonly string[];
  /** `s3://bucket/prefix` under which new, uniquely named files are put. */
  readonly destination: string;
}

/** One way to run a model. Engines only write data files; the committer publishes them. */
export interface EngineAdapter {
  readonly engine: EngineName;
  query(request: QueryRequest): Promise<readonly ResultRow[]>;
  write(request: WriteRequest): Promise<readonly NewFile[]>;
}

/**
 * An engine's query has not ended within the time of the call. The same build, asked again with the token, waits for
 * it instead of starting it anew.
 */
export class StillRunning extends TributaryError {
  /** A few hundred bytes of JSON. */
  readonly token: string;

  constructor(token: string) {
    super({ code: 'still_running', message: 'the query goes on after this call' });
    this.name = 'StillRunning';
    this.token = token;
  }
}
