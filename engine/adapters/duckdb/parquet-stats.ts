import { lowerBound, type ScalarValue, upperBound } from '../../iceberg/bounds.ts';
import { decimalOf, scalarName } from '../../iceberg/schema.ts';
import type { ColumnStats, FieldColumn } from '../../iceberg/types.ts';
import { parseType } from '../../sql-type.ts';

/** What DuckDB reports on one column of a Parquet file it wrote, all values as text. */
export type ReportedStats = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;

/** Iceberg's statistics of a column; undefined for nested columns, of which manifests hold none. */
export function columnStats(column: FieldColumn, reported: ReportedStats): ColumnStats | undefined {
  const type = scalarName(parseType(column.type));
  if (type === undefined) return undefined;
  const [least, greatest] = [parseValue(type, reported.min), parseValue(type, reported.max)];
  const lower = least === undefined ? undefined : lowerBound(type, least);
  const upper = greatest === undefined ? undefined : upperBound(type, greatest);
  return {
    valueCount: Number(reported.num_values),
    nullCount: Number(reported.null_count),
    size: Number(reported.column_size_bytes),
    ...(lower && { lower }),
    ...(upper && { upper }),
  };
}

/**
 * DuckDB's text of a value in Iceberg's terms, or undefined where there is none or it has no such term (`infinity`,
 * years before Christ).
 */
export function parseValue(icebergType: string, text: string | undefined): ScalarValue | undefined {
  if (text === undefined) return undefined;
  const scale = decimalOf(icebergType)?.scale;
  if (scale !== undefined) return unscaled(text, scale);
  switch (icebergType) {
    case 'boolean':
      return text === '1' || text === 'true';
    case 'int':
    case 'float':
    case 'double':
      return Number(text);
    case 'long':
      return BigInt(text);
    case 'date':
      return epochDay(text);
    case 'timestamp':
    case 'timestamptz':
      return epochMicroseconds(text);
    case 'string':
      return text;
    default:
      return undefined;
  }
}

function unscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

function epochDay(text: string): number | undefined {
  const match = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(text);
  return match === null ? undefined : midnight(match) / DAY_MS;
}

function epochMicroseconds(text: string): bigint | undefined {
  const match = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/.exec(text);
  if (match === null) return undefined;
  const [, , , , hours, minutes, seconds, fraction = ''] = match;
  const wholeSeconds = midnight(match) / 1000 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return BigInt(wholeSeconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

const midnight = ([, year, month, day]: RegExpExecArray): number =>
  Date.UTC(Number(year), Number(month) - 1, Number(day));
