import type { FieldType } from './field.ts';

/** How much care a value needs. `personal` identifies a person, `sensitive` describes one. */
export type Classification = 'public' | 'internal' | 'sensitive' | 'personal';

export interface Field {
  readonly type: FieldType;
  readonly description: string;
  /** A missing or empty required value refuses the row. */
  readonly required: boolean;
  readonly classification: Classification;
  /** The only values allowed, compared after trimming. */
  readonly values?: readonly string[];
  /** Inclusive bounds, for numbers in the field's own unit. */
  readonly min?: number;
  readonly max?: number;
  /** Other names under which a file's column is recognised. */
  readonly aliases?: readonly string[];
  readonly unit?: string;
}

export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet';
export type StreamName = 'transaction-events' | 'customer-events' | 'clickstream-events' | 'operations-events';

/** The roads a source may take; both end in the same validator and the same bronze table. */
export interface Transport {
  /** The natural format of the source's files; any supported format is accepted. */
  readonly file?: FileFormat;
  /** CloudEvents of `type` on `stream`. */
  readonly stream?: { readonly stream: StreamName; readonly type: string };
}

/**
 * The agreement with one source system. Everything else about the source (validator, TypeScript type, bronze table,
 * JSON Schema, documentation) is derived from this.
 */
export interface Contract<F extends Readonly<Record<string, Field>> = Readonly<Record<string, Field>>> {
  /** Name of the source, of its bronze table and of its folder in the landing bucket. */
  readonly source: string;
  /** Incremented on each released change of the fields. */
  readonly version: number;
  readonly description: string;
  readonly owner: string;
  /** Fields that identify an entity; with `versionColumn` they identify a row. */
  readonly key: readonly (keyof F & string)[];
  readonly versionColumn: keyof F & string;
  readonly eventTimeColumn: keyof F & string;
  readonly transport: Transport;
  readonly fields: F;
}

/** Keeps the literal field names, so that `Row<typeof contract>` is exact. */
export function defineContract<const F extends Readonly<Record<string, Field>>>(contract: Contract<F>): Contract<F> {
  return Object.freeze(contract);
}
