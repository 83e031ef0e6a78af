import type { DuckDBConnection } from '@duckdb/node-api';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';

/** A query's result that was put into a table of its session, to be written as files. */
export interface MaterialisedResult {
  readonly connection: DuckDBConnection;
  /** The table's name in DuckDB SQL; its columns are `c0`, `c1` … whatever the query calls them. */
  readonly relation: string;
  readonly columns: readonly NamedType[];
  /** A new empty folder on the local disk. */
  readonly folder: string;
  /** Aborted when the statement is stopped; nothing may become visible afterwards. */
  readonly signal: AbortSignal;
}

export const RESULT_RELATION = '"$written"';

/** Position of a result's column, as the table of the result names it. */
export const columnAt = (index: number): string => `"c${index}"`;

export async function countRows({ connection, relation }: MaterialisedResult): Promise<number> {
  const reader = await connection.runAndReadAll(`select count(*) from ${relation}`);
  return Number(reader.getRows()[0]?.[0]);
}
