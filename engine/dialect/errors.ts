import { TributaryError } from '../../common/errors.ts';

/** Athena's names of what can be wrong with a statement; they begin the reason of a failed query. */
export type SqlErrorName =
  | 'SYNTAX_ERROR'
  | 'COLUMN_NOT_FOUND'
  | 'AMBIGUOUS_NAME'
  | 'TABLE_NOT_FOUND'
  | 'SCHEMA_NOT_FOUND'
  | 'CATALOG_NOT_FOUND'
  | 'MISSING_SCHEMA_NAME'
  | 'FUNCTION_NOT_FOUND'
  | 'TYPE_MISMATCH'
  | 'MISSING_OVER'
  | 'INVALID_COLUMN_REFERENCE'
  | 'MISMATCHED_COLUMN_ALIASES'
  | 'EXPRESSION_NOT_SCALAR'
  | 'INVALID_ARGUMENTS'
  | 'INVALID_LITERAL'
  | 'INVALID_PARAMETER_USAGE'
  | 'INVALID_VIEW'
  | 'NOT_SUPPORTED';

/** A place in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with a statement at a place, in Athena's words: `line 1:8: Column 'x' cannot be resolved`. */
export class SqlError extends TributaryError {
  readonly errorName: SqlErrorName;
  readonly line: number;
  readonly column: number;
  /** The sentence without its place. */
  readonly detail: string;

  constructor(errorName: SqlErrorName, detail: string, { line, column }: Place) {
    super({ code: 'sql_error', message: `line ${line}:${column}: ${detail}`, where: `line ${line}:${column}` });
    this.name = 'SqlError';
    this.errorName = errorName;
    this.detail = detail;
    this.line = line;
    this.column = column;
  }
}

/** Line and column of an offset in UTF-16 units; columns count characters, as Trino's do. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}
