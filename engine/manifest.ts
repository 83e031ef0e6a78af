import type { ExternalTable } from '../common/external-table.ts';
import type { Check, EngineName, Model } from './model.ts';

/** Where one output column comes from. */
export interface ColumnLineage {
  readonly column: string;
  readonly from: readonly { readonly table: string; readonly column: string }[];
}

/** One SELECT in each engine's dialect. */
export type SqlByEngine = Readonly<Record<EngineName, string>>;

/**
 * All checks of a model as one SELECT over the new version: column `row_count` counts the rows, `c0`, `c1` … the
 * failures of check 0, 1 …; a check that judges the table as a whole has a column per measure instead, `c2_rows`.
 */
export interface Audit {
  readonly sql: SqlByEngine;
  readonly checks: readonly Check[];
  /** Positions of the checks that judge the table as a whole, not single rows. */
  readonly ofTable: readonly number[];
  /** The same checks in two SELECTs, for versions that were built in part; null where a model is always built whole. */
  readonly partial: {
    /** Over the rows that were built. */
    readonly ofRows: SqlByEngine;
    /** Over all rows; null where no check needs them. Counts of rows are known without. */
    readonly ofTable: SqlByEngine | null;
  } | null;
  /** Per check, a SELECT of failing rows (masked where classified), or null where the rule has no rows to show. */
  readonly samples: readonly (SqlByEngine | null)[];
  /** Two SELECTs that part the rows failing a `quarantine` check from the rest; null where no check asks for it. */
  readonly quarantine: { readonly keep: SqlByEngine; readonly setAside: SqlByEngine } | null;
  /** Tables that the checks read beside the model's own, sorted. */
  readonly tables: readonly string[];
}

/** The SELECTs that bring a merged table up to date, beside the model's own, which gives the whole table. */
export interface MergeSql {
  /** The last version of each key among the model's inputs, tombstones included. */
  readonly candidates: SqlByEngine;
  /** The rows of the table, from `MERGE_TABLES`. */
  readonly rows: SqlByEngine;
  /** The tombstones to remember, from `MERGE_TABLES`; null where the table has none. */
  readonly tombstones: SqlByEngine | null;
}

/** Names under which the SELECTs of a merge read what they merge. */
export const MERGE_TABLES = {
  /** Rows that `candidates` gave. */
  candidates: 'merge.candidates',
  /** Rows of the table as published, in all partitions that the candidates touch. */
  published: 'merge.published',
  /** Tombstones that earlier builds remembered. */
  tombstones: 'merge.tombstones',
} as const;

export interface CompiledModel extends Omit<Model, 'sql' | 'sqlLine'> {
  /** The author's SELECT, runnable in Athena as it stands; for a view, what the catalog holds. */
  readonly athenaSql: string;
  readonly sql: SqlByEngine;
  /** Tables read, models and bronze alike, sorted: `bronze.pos_transactions`, `silver.products`. */
  readonly inputs: readonly string[];
  /** Whether the logical date decides any value but those that only record the run. */
  readonly usesLogicalDate: boolean;
  readonly mergeSql: MergeSql | null;
  /** Hash of canonical SQL and header contract: formatting and comments do not change it. */
  readonly logicHash: string;
  readonly audit: Audit;
  readonly lineage: readonly ColumnLineage[];
}

/** A bronze table as models see it: its columns, then its partition columns. */
export interface SourceTable extends Pick<ExternalTable, 'format' | 'bucket' | 'prefix'> {
  /** `bronze.pos_transactions` */
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly partitionColumns: readonly { readonly name: string; readonly type: string }[];
}

/** Everything compiled from `sql/` and the contracts: what is deployed, built, documented and traced. */
export interface Manifest {
  readonly formatVersion: 1;
  /** Hash of the whole, to tell a stale deployment. */
  readonly hash: string;
  /** In topological order. */
  readonly models: readonly CompiledModel[];
  readonly sources: readonly SourceTable[];
}
