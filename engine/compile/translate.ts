import { Dialect, transpile } from '@polyglot-sql/sdk';
import { parseTypeName, translateParsed, typeName } from '../dialect/index.ts';
import type { NamedType, TableResolver } from '../dialect/translate/context.ts';
import { quoted } from '../dialect/types.ts';
import type { SqlByEngine } from '../manifest.ts';
import { compileError } from './errors.ts';
import type { TableColumns, TableIndex } from './resolve.ts';
import { type PlacedSql, placed, type Statement } from './syntax.ts';

/** One SELECT in every engine's dialect, and Athena's types of its output columns, undefined where they cannot be told. */
export interface Translated {
  readonly sql: SqlByEngine;
  readonly types: readonly (string | undefined)[];
}

/**
 * Translates a SELECT over tables of known types; Athena gets the author's own text.
 * Throws `sql_error` with file, line and column.
 */
export function translate(statement: Statement, tables: TableIndex): Translated {
  const { query, sql } = statement;
  const { sql: duckdb, columns } = placed(statement, () => translateParsed(query, sql, resolverOf(tables)));
  return {
    sql: { athena: sql, duckdb, spark: toSpark(statement) },
    types: columns.map(({ type }) => (type.kind === 'any' ? undefined : typeName(type))),
  };
}

const resolverOf =
  (tables: TableIndex): TableResolver =>
  ({ name }, fail) => {
    const parts = name.parts.map((part) => part.toLowerCase());
    const columns = tables.get(parts.join('.'));
    if (columns === undefined) throw fail('TABLE_NOT_FOUND', `Table '${parts.join('.')}' does not exist`, name.at);
    return { sql: parts.map(quoted).join('.'), columns: typed(columns) };
  };

/** Types as they were read for another SELECT over the same table. */
const TYPED = new WeakMap<TableColumns, readonly NamedType[]>();

function typed(columns: TableColumns): readonly NamedType[] {
  const known = TYPED.get(columns) ?? columns.map(({ name, type }) => ({ name, type: parseTypeName(type) }));
  TYPED.set(columns, known);
  return known;
}

function toSpark({ sql, origin }: PlacedSql): string {
  const result = transpile(sql, Dialect.Trino, Dialect.Spark);
  const translated = result.sql?.[0];
  if (result.success && translated !== undefined) return translated;
  throw compileError('sql_error', origin, result.error ?? 'not a statement');
}
