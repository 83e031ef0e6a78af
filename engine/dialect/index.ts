import { TributaryError } from '../../common/errors.ts';
import type { Expression, Query, TableRelation } from './ast.ts';
import { SqlError } from './errors.ts';
import { Cursor } from './parse/cursor.ts';
import { parseStatement } from './parse/index.ts';
import { parseType } from './parse/type.ts';
import { DUCKDB } from './targets/duckdb/index.ts';
import { SPARK } from './targets/spark/index.ts';
import type { Target } from './targets/target.ts';
import { type NamedType, newContext, type TableResolver } from './translate/context.ts';
import { translateExpression } from './translate/expressions.ts';
import { translateQuery, withFieldNames } from './translate/queries.ts';
import { type Operand, Scope } from './translate/scope.ts';
import { type SqlType, typeName, typeOf } from './types.ts';

export { SqlError, type SqlErrorName } from './errors.ts';
export { FUNCTION_NAMES } from './functions/index.ts';
export { DUCKDB_PRELUDE } from './prelude.ts';
export { SPARK_PRELUDE } from './targets/spark/prelude.ts';
export { type SqlType, typeName } from './types.ts';

/** Columns of known tables by `database.table`, types in Athena's words: `decimal(18,2)`, `array(varchar)`. */
export type TableColumns = Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;

export interface DialectOptions {
  /**
   * Where given, all tables must be among them, names are resolved and every expression is typed as in Trino: decimal
   * division and averages stay decimal. Without, columns are believed and types follow DuckDB.
   */
  readonly tables?: TableColumns;
}

/** A query in an engine's words, with the columns it gives and their Trino types; `any` where a type is not known. */
export interface Translation {
  readonly sql: string;
  readonly columns: readonly NamedType[];
}

/**
 * A query in Athena's dialect (Trino) as DuckDB SQL; run `DUCKDB_PRELUDE` on the connection first. Tables keep their
 * names as `"database"."table"`. Throws `SqlError` (code `sql_error`) with line and column, in Athena's words.
 */
export function toDuckDb(sql: string, options: DialectOptions = {}): string {
  return translate(sql, tableColumns(DUCKDB, options)).sql;
}

/**
 * A query in Athena's dialect (Trino) as Spark SQL; run `SPARK_PRELUDE` in the session first. A table is one quoted
 * name, `` `database.table` ``, as a temporary view may have. Throws as `toDuckDb`; what Spark cannot do equally is
 * refused with an alternative.
 */
export function toSpark(sql: string, { tables }: { readonly tables: TableColumns }): string {
  return translate(sql, tableColumns(SPARK, { tables }), [], SPARK).sql;
}

/** Names and Trino types of a query's result columns; throws as `toDuckDb`. */
export function resultColumns(
  sql: string,
  tables: TableColumns,
): readonly { readonly name: string; readonly type: string }[] {
  return translate(sql, tableColumns(DUCKDB, { tables })).columns.map(({ name, type }) => ({
    name,
    type: typeName(type),
  }));
}

/** The same, for DuckDB unless told otherwise, with tables resolved by the caller; `parameters` are the values of `?`. */
export function translate(
  sql: string,
  resolve: TableResolver,
  parameters: readonly Operand[] = [],
  target: Target = DUCKDB,
): Translation {
  const { query, parameters: count } = parseStatement(sql);
  if (count !== parameters.length) {
    const detail = `Incorrect number of parameters: expected ${count} but found ${parameters.length}`;
    throw new SqlError('INVALID_PARAMETER_USAGE', detail, { line: 1, column: 1 });
  }
  return translateParsed(query, sql, resolve, parameters, target);
}

/** The same for a query that was parsed from (a part of) `text`. */
export function translateParsed(
  query: Query,
  text: string,
  resolve: TableResolver,
  parameters: readonly Operand[] = [],
  target: Target = DUCKDB,
): Translation {
  const translated = translateQuery(query, newContext(text, target, resolve, parameters));
  return { sql: withFieldNames(translated, target), columns: translated.columns };
}

/** A query's syntax tree. Throws `SqlError`. */
export const parseQueryText = (sql: string): Query => parseStatement(sql).query;

/** An expression that names no columns. Throws `SqlError`. */
export function constant(expression: Expression, text = ''): Operand {
  const noTables: TableResolver = () => {
    throw new TributaryError({ code: 'sql_error', message: 'a constant reads no table' });
  };
  return translateExpression(expression, new Scope([]), newContext(text, DUCKDB, noTables, []));
}

/** A type in Athena's words, Hive's spellings included (`array<string>`, `struct<a:int>`). */
export function parseTypeName(text: string): SqlType {
  const cursor = new Cursor(text.replaceAll(/struct\s*</gi, 'row<').replaceAll(/:/g, ' '));
  const type = typeOf(parseType(cursor));
  cursor.expectEnd();
  if (type === undefined) {
    throw new TributaryError({ code: 'sql_error', message: `Unknown type: ${text}` });
  }
  return type;
}

function tableColumns(target: Target, { tables }: DialectOptions): TableResolver {
  const byName = tables && new Map(Object.entries(tables).map(([name, columns]) => [name.toLowerCase(), columns]));
  return (reference, fail) => {
    const parts = partsOf(reference);
    const sql = target.table(parts);
    if (byName === undefined) {
      return { sql };
    }
    const columns = byName.get(parts.join('.'));
    if (columns === undefined) {
      throw fail('TABLE_NOT_FOUND', `Table 'awsdatacatalog.${parts.join('.')}' does not exist`, reference.name.at);
    }
    return { sql, columns: columns.map(({ name, type }) => ({ name, type: parseTypeName(type) })) };
  };
}

/** Database and table in lower case, without the catalog. */
function partsOf({ name }: TableRelation): readonly string[] {
  return name.parts.slice(-2).map((part) => part.toLowerCase());
}
