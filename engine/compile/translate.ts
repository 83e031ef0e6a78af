import { Dialect, transpile } from '@polyglot-sql/sdk';
import { resultColumns, SqlError, type TableColumns, toDuckDb } from '../dialect/index.ts';
import type { SqlByEngine } from '../manifest.ts';
import { compileError, type Place } from './errors.ts';
import type { TableIndex } from './resolve.ts';

/** A SELECT and the place of its first character. */
export interface PlacedSql {
  readonly sql: string;
  readonly origin: Place;
}

/**
 * One SELECT in every engine's dialect, over tables of known types; Athena gets the author's own text.
 * Throws `sql_error` with file, line and column.
 */
export function translate(select: PlacedSql, tables: TableIndex): SqlByEngine {
  return {
    athena: select.sql,
    duckdb: placed(select, () => toDuckDb(select.sql, { tables: tableColumns(tables) })),
    spark: toSpark(select),
  };
}

/** Athena's types of a SELECT's output columns, in order; undefined where they cannot be told. Throws `sql_error`. */
export function outputTypes(select: PlacedSql, tables: TableIndex): readonly (string | undefined)[] {
  const columns = placed(select, () => resultColumns(select.sql, tableColumns(tables)));
  return columns.map(({ type }) => (type === 'any' ? undefined : type));
}

const tableColumns = (tables: TableIndex): TableColumns => Object.fromEntries(tables);

function toSpark({ sql, origin }: PlacedSql): string {
  const result = transpile(sql, Dialect.Trino, Dialect.Spark);
  const translated = result.sql?.[0];
  if (result.success && translated !== undefined) return translated;
  throw compileError('sql_error', origin, result.error ?? 'not a statement');
}

/** The dialect counts lines from the start of the SQL; authors count them from the top of the file. */
function placed<T>({ origin }: PlacedSql, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof SqlError)) throw thrown;
    const { line, column, detail } = thrown;
    throw compileError('sql_error', { file: origin.file, line: origin.line + line - 1, column }, detail);
  }
}
