import { Dialect, transpile } from '@polyglot-sql/sdk';
import { TributaryError } from '../../common/errors.ts';
import { toDuckDb } from '../dialect/index.ts';
import type { EngineName } from '../model.ts';
import { withLogicalDate } from './determinism.ts';
import { compileError, type Place } from './errors.ts';
import type { Statement } from './syntax.ts';

/** One SELECT in every engine's dialect; Athena gets the author's own text. Throws `sql_error`. */
export function translate(statement: Statement): Readonly<Record<EngineName, string>> {
  const origin = statement.placeOf(0);
  return {
    athena: statement.sql,
    duckdb: at(origin, () => toDuckDb(withLogicalDate(statement))),
    spark: at(origin, () => toSpark(statement.sql)),
  };
}

function toSpark(sql: string): string {
  const result = transpile(sql, Dialect.Trino, Dialect.Spark);
  const translated = result.sql?.[0];
  if (!result.success || translated === undefined) {
    throw new TributaryError({ code: 'sql_error', message: result.error ?? 'not a statement' });
  }
  return translated;
}

/** Translators do not know files: what they throw is given the place of the statement. */
function at(place: Place, step: () => string): string {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof TributaryError)) throw thrown;
    throw compileError(thrown.code, place, thrown.message, thrown.advice);
  }
}
