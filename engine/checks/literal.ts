import { parseType } from '../sql-type.ts';
import { NUMERIC, TEMPORAL } from './rule.ts';

/** A text as an SQL string. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A header's value as an SQL literal that compares with a column of the given type. */
export function literal(value: string | number | boolean, type: string | undefined): string {
  const kind = type === undefined ? 'varchar' : parseType(type).kind;
  if (kind === 'date' || kind === 'timestamp') return `${kind} ${quoted(String(value))}`;
  if (kind === 'varchar') return quoted(String(value));
  return String(value);
}

const DAY_OR_TIME = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?$/;

/** Why a header's value cannot be compared with a column of the given type; undefined where it can. */
export function misfit(value: string | number | boolean, type = 'varchar'): string | undefined {
  const { kind } = parseType(type);
  if (NUMERIC.includes(kind) && typeof value !== 'number')
    return `"${value}" is not a number, as the column is (${type})`;
  if (TEMPORAL.includes(kind) && !DAY_OR_TIME.test(String(value))) {
    return `"${value}" is not a day or time like 2018-01-01, as the column is (${type})`;
  }
  return kind === 'boolean' && typeof value !== 'boolean' ? `"${value}" is neither true nor false` : undefined;
}
