import { scalarName } from '../../iceberg/schema.ts';
import type { DataFile, FieldColumn } from '../../iceberg/types.ts';
import type { PartitionBy } from '../../model.ts';
import { parseType } from '../../sql-type.ts';
import { parseValue } from './parquet-stats.ts';
import { identifier } from './types.ts';

type PartitionValue = DataFile['partition'][number];

/** A partition field of the files being written: a key in DuckDB's SQL, and what its text means in Iceberg. */
export interface PartitionKey {
  /** Name of the folder part, as readers of a bucket expect it: `sold_at_day=2026-01-31`. */
  readonly folder: string;
  /** Dates for days and months: rows are sorted by it, and texts take longer. */
  readonly expression: string;
  parse(text: string | undefined): PartitionValue;
  /** What follows the name in the folder part, of the key's text. */
  label(text: string): string;
}

const asItIs = (text: string): string => text;

export function partitionKey({ column, transform }: PartitionBy, columns: readonly FieldColumn[]): PartitionKey {
  const name = identifier(column);
  switch (transform) {
    case 'day':
      return {
        folder: `${column}_day`,
        expression: `cast(${name} as date)`,
        parse: (text) => value('date', text),
        label: asItIs,
      };
    case 'month':
      return {
        folder: `${column}_month`,
        expression: `cast(date_trunc('month', ${name}) as date)`,
        parse: epochMonth,
        label: (text) => text.replace(/-\d\d$/, ''),
      };
    case 'identity': {
      const declared = columns.find((candidate) => candidate.name === column)?.type ?? 'varchar';
      const type = scalarName(parseType(declared)) ?? 'string';
      return { folder: column, expression: name, parse: (text) => value(type, text), label: asItIs };
    }
  }
}

function value(type: string, text: string | undefined): PartitionValue {
  const parsed = parseValue(type, text) ?? null;
  return typeof parsed === 'boolean' ? String(parsed) : parsed;
}

/** Months since January 1970. */
function epochMonth(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [year, month] = text.split('-');
  return (Number(year) - 1970) * 12 + Number(month) - 1;
}
