import type { FieldColumn } from '../../iceberg/types.ts';
import type { PartitionBy } from '../../model.ts';
import { parseType } from '../../sql-type.ts';
import type { WriteRequest } from '../adapter.ts';

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const SEPARATOR = 'chr(31)';

/** Texts one after the other, apart from each other and from null. */
const joined = (texts: readonly string[]): string =>
  texts.length === 0 ? "''" : texts.map((text) => `coalesce('=' || ${text}, '-')`).join(` || ${SEPARATOR} || `);

/** Names the partition of a row, as text. */
export const partitionKey = (partitionBy: readonly PartitionBy[]): string =>
  joined(
    partitionBy.map(({ column, transform }) => {
      const name = identifier(column);
      if (transform === 'identity') return `cast(${name} as varchar)`;
      const day = `cast(date(${name}) as varchar)`;
      return transform === 'day' ? day : `substr(${day}, 1, 7)`;
    }),
  );

/** A number below 2^60 from all values of a row but those of exempt columns. */
export function rowHash({ columns, exempt = [] }: Pick<WriteRequest, 'columns' | 'exempt'>): string {
  const counted = columns.filter(({ name }) => !exempt.includes(name));
  return `from_base(substr(to_hex(md5(to_utf8(${joined(counted.map(textOf))}))), 1, 15), 16)`;
}

function textOf({ name, type }: FieldColumn): string {
  const column = identifier(name);
  switch (parseType(type).kind) {
    case 'varchar':
      return column;
    case 'binary':
      return `to_hex(${column})`;
    case 'array':
      return `json_format(cast(${column} as json))`;
    default:
      return `cast(${column} as varchar)`;
  }
}
