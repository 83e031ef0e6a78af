import type { Query } from '../dialect/ast.ts';
import { parseQueryText, SqlError } from '../dialect/index.ts';
import { tokenize } from '../dialect/parse/tokens.ts';
import { compileError, type Place } from './errors.ts';

/** A SELECT and the place of its first character. */
export interface PlacedSql {
  readonly sql: string;
  /** File and line in which it begins, at the first column. */
  readonly origin: Place;
}

/** A SELECT of a model or of a check, with the means to say where in the file something is. */
export interface Statement extends PlacedSql {
  readonly query: Query;
  /** Place of an offset in the SQL, as nodes have it. */
  placeOf(at: number): Place;
}

/** Parses one SELECT in Athena's dialect. Throws `sql_error` with file, line and column. */
export function parseStatement(sql: string, origin: Place): Statement {
  const select = { sql, origin };
  const query = placed(select, () => {
    try {
      return parseQueryText(sql);
    } catch (thrown) {
      throw thrown instanceof SqlError ? explained(thrown, select) : thrown;
    }
  });
  return { ...select, query, placeOf: locator(select) };
}

/** Runs a step over a SELECT; what is wrong is placed in the file, where the dialect counts lines of the SQL. */
export function placed<T>({ origin }: PlacedSql, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    if (!(thrown instanceof SqlError)) throw thrown;
    const { line, column, detail, advice } = thrown;
    throw compileError('sql_error', { file: origin.file, line: origin.line + line - 1, column }, detail, advice);
  }
}

const ONE_SELECT = 'A model is one SELECT.';

/** The usual slips, which the grammar knows only as something that it did not expect. */
function explained(error: SqlError, select: PlacedSql): Error {
  const placeOf = locator(select);
  const tokens = tokenize(select.sql);
  const [first] = tokens;
  if (first === undefined || first.kind === 'end') {
    return compileError('sql_error', select.origin, 'there is no SELECT after the header', ONE_SELECT);
  }
  const offset = offsetOf(select.sql, error);
  const index = tokens.findIndex(({ at }) => at >= offset);
  const before = tokens[index - 1];
  if (index === 0 && first.kind === 'word') {
    const what = `a ${first.text.toLowerCase()} statement is not a SELECT`;
    return compileError('sql_error', placeOf(first.at), what, ONE_SELECT);
  }
  const here = tokens[index] ?? first;
  const advice = TRINO_ONLY[here.value] ?? TRINO_ONLY[before?.value ?? ''];
  if (advice !== undefined) return compileError('unsupported_sql', placeOf(here.at), error.detail, advice);
  if (before?.value === ';') {
    return compileError('sql_error', placeOf(before.at), 'more than one statement', `${ONE_SELECT} Remove the others.`);
  }
  if (before?.kind === 'operator' && before.value === ',') {
    return compileError('sql_error', placeOf(before.at), 'nothing follows this comma', 'Remove it.');
  }
  return error;
}

/** Words of Trino's grammar that Athena's engine version 3, or one of the others, does not take, and what to write. */
const TRINO_ONLY: Readonly<Record<string, string>> = {
  FUNCTION: 'Athena has no functions in SQL: write the expression, in a CTE where it is used often.',
  JSON_TABLE: 'Use unnest(cast(json_extract(…) as array(…))).',
  MATCH_RECOGNIZE: 'Use lag and lead, or a window that numbers the rows.',
  TABLE: 'Athena has no table functions: use unnest(sequence(…)).',
};

function offsetOf(sql: string, { line, column }: SqlError): number {
  const lines = sql.split('\n');
  const before = lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0);
  return before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length;
}

/** Columns count characters, not UTF-16 units. */
function locator({ sql, origin }: PlacedSql): (at: number) => Place {
  let starts: readonly number[] | undefined;
  return (at) => {
    starts ??= [0, ...[...sql.matchAll(/\n/g)].map(({ index }) => index + 1)];
    const line = starts.findLastIndex((start) => start <= at);
    const column = [...sql.slice(starts[line], at)].length + 1;
    return { file: origin.file, line: origin.line + line, column };
  };
}
