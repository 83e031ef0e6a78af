import type { Thousands } from '../validator/grouped-number.ts';
import type { FieldType } from './field.ts';
import type { PersonalKind } from './personal.ts';

/** How much care a value needs. `personal` identifies a person, `sensitive` describes one. */
export type Classification = 'public' | 'internal' | 'sensitive' | 'personal';

/** Inclusive bounds for rows whose `field` has one of `values`. */
export interface BoundsWhere {
  readonly field: string;
  readonly values: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface Field {
  readonly type: FieldType;
  readonly description: string;
  /** A missing or empty required value refuses the row. */
  readonly required: boolean;
  readonly classification: Classification;
  /** The only values allowed, compared after trimming. */
  readonly values?: readonly string[];
  /** Other spellings of an allowed value that sources use, each with the value it stands for. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Inclusive bounds, for numbers in the field's own unit. */
  readonly min?: number;
  readonly max?: number;
  /** Bounds that hold instead, on rows where another field has one of these values. */
  readonly boundsWhere?: BoundsWhere;
  /** Other names under which a file's column is recognised. */
  readonly aliases?: readonly string[];
  readonly unit?: string;
  /** IANA name of the zone whose clocks show times without a zone; UTC otherwise. */
  readonly zone?: string;
  /** Other formats of times than ISO 8601, such as `dd/MM/yyyy HH:mm`; a text that two of them read differently is refused. */
  readonly formats?: readonly string[];
  /** What numbers may have between their thousands. */
  readonly thousands?: Thousands;
  /** Makes the field personal: bronze has what `PROTECTED_COLUMNS` says in its place. */
  readonly personal?: PersonalKind;
}

export type Upcast = (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

export type FileFormat = 'csv' | 'json' | 'ndjson' | 'parquet' | 'xlsx';
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
export interface Contract {
  /** Name of the source, of its bronze table and of its folder in the landing bucket. */
  readonly source: string;
  /** Incremented on each released change of the fields. */
  readonly version: number;
  readonly description: string;
  readonly owner: string;
  /** Fields that identify an entity; with `versionColumn` they identify a row. */
  readonly key: readonly string[];
  readonly versionColumn: string;
  readonly eventTimeColumn: string;
  /**
   * Field that tells whom the personal data is about; with the source it names the subject whose key encrypts them.
   * Where a row has no value in it, the e-mail address counts instead.
   */
  readonly subject?: string;
  readonly transport: Transport;
  /** By version, what turns a record of it into one of the next version. Pure; events of older versions go through these. */
  readonly upcasts?: Readonly<Record<number, Upcast>>;
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, Field>>;

/** A contract whose field names and types the compiler knows. */
export interface TypedContract<F extends Fields> extends Contract {
  readonly fields: F;
}

/** What `defineContract` checks: the columns it names are fields. */
interface Definition<F extends Fields> extends TypedContract<F> {
  readonly key: readonly (keyof F & string)[];
  readonly versionColumn: keyof F & string;
  readonly eventTimeColumn: keyof F & string;
  readonly subject?: keyof F & string;
}

/** Keeps the literal field names, so that `Row<typeof contract>` is exact. */
export function defineContract<const F extends Fields>(contract: Definition<F>): TypedContract<F> {
  return Object.freeze(contract);
}
