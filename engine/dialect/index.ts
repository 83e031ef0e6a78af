import { Dialect, transpile } from '@polyglot-sql/sdk';
import { TributaryError } from '../../common/errors.ts';

export { DUCKDB_PRELUDE } from './prelude.ts';

/** An Athena SELECT as DuckDB SQL; throws `sql_error` with line and column. */
export function toDuckDb(sql: string): string {
  const result = transpile(sql, Dialect.Trino, Dialect.DuckDB);
  const translated = result.sql?.[0];
  if (!result.success || translated === undefined) {
    throw new TributaryError({ code: 'sql_error', message: result.error ?? 'not a statement' });
  }
  return translated;
}
