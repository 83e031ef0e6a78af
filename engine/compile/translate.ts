import { Dialect, transpile } from '@polyglot-sql/sdk';
import { resultColumns, SqlError, type TableColumns, toDuckDb } from '../dialect/index.ts';
import type { EngineName } from '../model.ts';
import { compileError, type Place } from './errors.ts';
import type { TableIndex } from './resolve.ts';
import type { Statement } from './syntax.ts';

/**
 * One SELECT in every engine's dialect, over tables of known types; Athena gets the author's own text.
 * Throws `sql_error` with file, line and column.
 */
export function translate(statement: Statement, tables: TableIndex): Readonly<Record<EngineName, string>> {
  return {
    athena: statement.sql,
    duckdb: placed(statement, () => toDuckDb(statement.sql, { tables: tableColumns(tables) })),
    spark: toSpark(statement),
  };
}

/** Athena's types of a SELECT's output columns, in order; undefined where they cannot be told. Throws `sql_error`. */
export function outputTypes(statement: Statement, tables: TableIndex): readonly (string | undefined)[] {
  const columns = placed(statement, () => resultColumns(statement.sql, tableColumns(tables)));
  return columns.map(({ type }) => (type === 'any' ? undefined : type));
}

const tableColumns = (tables: TableIndex): TableColumns => Object.fromEntries(tables);

function toSpark(statement: Statement): string {
  const result = transpile(statement.sql, Dialect.Trino, Dialect.Spark);
  const translated = result.sql?.[0];
  if (result.success && translated !== undefined) return translated;
  throw compileError('sql_error', statement.placeOf(0), result.error ?? 'not a statement');
}

/** The dialect counts lines from the start of the SQL; authors count them from the top of the file. */
function placed<T>(statement: Statement, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof SqlError)) throw thrown;
    throw compileError('sql_error', inFile(statement.placeOf(0), thrown), thrown.detail);
  }
}

const inFile = (start: Place, { line, column }: SqlError): Place => ({
  file: start.file,
  line: start.line + line - 1,
  column,
});
