import { parseTypeName, translateParsed, typeName } from '../dialect/index.ts';
import { DUCKDB } from '../dialect/targets/duckdb/index.ts';
import { SPARK } from '../dialect/targets/spark/index.ts';
import type { Target } from '../dialect/targets/target.ts';
import type { NamedType, TableResolver } from '../dialect/translate/context.ts';
import type { SqlByEngine } from '../manifest.ts';
import type { TableColumns, TableIndex } from './resolve.ts';
import { placed, type Statement } from './syntax.ts';

/** One SELECT in every engine's dialect, and Athena's types of its output columns, undefined where they cannot be told. */
export interface Translated {
  readonly sql: SqlByEngine;
  readonly types: readonly (string | undefined)[];
}

/**
 * Translates a SELECT over tables of known types; Athena gets the author's own text.
 * Throws `sql_error` with file, line and column, also for what does not run equally on every engine.
 */
export function translate(statement: Statement, tables: TableIndex): Translated {
  const { query, sql } = statement;
  return placed(statement, () => {
    const inWordsOf = (target: Target) => translateParsed(query, sql, resolverOf(tables, target), [], target);
    const { sql: duckdb, columns } = inWordsOf(DUCKDB);
    return {
      sql: { athena: sql, duckdb, spark: inWordsOf(SPARK).sql },
      types: columns.map(({ type }) => (type.kind === 'any' ? undefined : typeName(type))),
    };
  });
}

const resolverOf =
  (tables: TableIndex, target: Target): TableResolver =>
  ({ name }, fail) => {
    const parts = name.parts.map((part) => part.toLowerCase());
    const columns = tables.get(parts.join('.'));
    if (columns === undefined) throw fail('TABLE_NOT_FOUND', `Table '${parts.join('.')}' does not exist`, name.at);
    return { sql: target.table(parts), columns: typed(columns) };
  };

/** Types as they were read for another SELECT over the same table. */
const TYPED = new WeakMap<TableColumns, readonly NamedType[]>();

function typed(columns: TableColumns): readonly NamedType[] {
  const known = TYPED.get(columns) ?? columns.map(({ name, type }) => ({ name, type: parseTypeName(type) }));
  TYPED.set(columns, known);
  return known;
}
