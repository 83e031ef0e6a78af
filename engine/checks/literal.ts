import { parseType } from '../sql-type.ts';

/** A text as an SQL string. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A header's value as an SQL literal that compares with a column of the given type. */
export function literal(value: string | number | boolean, type: string | undefined): string {
  const kind = type === undefined ? 'varchar' : parseType(type).kind;
  if (kind === 'date' || kind === 'timestamp') return `${kind} ${quoted(String(value))}`;
  if (kind === 'varchar') return quoted(String(value));
  return String(value);
}
