import type { Classification } from '../events/contracts/contract.ts';

export type Layer = 'silver' | 'gold' | 'marts';
export type Kind = 'view' | 'table' | 'partitioned' | 'merge';
/** From small inputs to large ones. */
export const ENGINE_NAMES = ['duckdb', 'athena', 'spark'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
export type Dimension = 'completeness' | 'accuracy' | 'consistency' | 'timeliness' | 'uniqueness' | 'validity';
/** `abort`: do not publish. `quarantine`: move the failing rows aside and go on. `warn`: record only. */
export type CheckAction = 'abort' | 'quarantine' | 'warn';

export interface Column {
  readonly name: string;
  /** Athena type: varchar, bigint, integer, double, boolean, date, timestamp, decimal(p,s), array(t). */
  readonly type: string;
  readonly description: string;
  readonly classification: Classification;
  /** The value only records the run that wrote it, such as the time of an update: other values are no news to readers. */
  readonly recordsRun?: boolean;
}

/** One promise about a model, as written in its header; `rule` names a file of `engine/checks/`. */
export interface Check {
  /** Unique in its model, e.g. `not_null(customer_id)`. */
  readonly id: string;
  readonly rule: string;
  readonly columns: readonly string[];
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly dimension: Dimension;
  readonly action: CheckAction;
  /** Share of the rows, above 0 and below 1, that may fail before the check does. */
  readonly tolerate?: number;
}

/** A transform of an Iceberg partition field. */
export interface PartitionBy {
  readonly column: string;
  readonly transform: 'identity' | 'day' | 'month';
}

/** An input of a partitioned table, and which of its columns says to which partition each of its rows belongs. */
export interface PartitionSource {
  /** `bronze.pos_transactions` */
  readonly table: string;
  readonly column: string;
  /** A partition also depends on rows of so many partitions before it. */
  readonly lookback: number;
  /** Columns whose equal values belong together although they may lie in several partitions; empty where none do. */
  readonly key: readonly string[];
}

/** How a table that is merged tells rows and their versions apart. All are columns of the table. */
export interface MergeBy {
  readonly key: readonly string[];
  /** Of several rows with one key the greatest counts. */
  readonly version: readonly string[];
  /** True in a row that deletes its key. */
  readonly tombstone: string | undefined;
}

/** A model as its author wrote it: the header and one SELECT in Athena's dialect. */
export interface Model {
  /** `gold.fact_sale`: database and table. */
  readonly name: string;
  readonly layer: Layer;
  /** `silver`, `star`, `marts`, or the folder below `sql/gold/`; one state machine each. */
  readonly domain: string;
  readonly kind: Kind;
  readonly description: string;
  readonly owner: string;
  readonly grain: string;
  readonly columns: readonly Column[];
  readonly checks: readonly Check[];
  readonly partitionBy: readonly PartitionBy[];
  readonly sortBy: readonly string[];
  /** Of kind `partitioned`; else empty. */
  readonly partitionsFrom: readonly PartitionSource[];
  /** Of kind `merge`. */
  readonly merge: MergeBy | undefined;
  readonly slaHours: number | undefined;
  /** Path from the repository's root, for messages. */
  readonly file: string;
  readonly sql: string;
  /** Line of the file at which `sql` begins, 1-based. */
  readonly sqlLine: number;
}
