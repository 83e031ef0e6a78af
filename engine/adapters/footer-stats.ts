import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { compareValues, lowerBound, type ScalarValue, upperBound } from '../iceberg/bounds.ts';
import { decimalOf, scalarName } from '../iceberg/schema.ts';
import type { ColumnStats, FieldColumn } from '../iceberg/types.ts';
import { parseType } from '../sql-type.ts';

/** Iceberg's statistics of a file's scalar columns, by field id, from the file's own metadata. */
export function footerStats(footer: FileMetaData, columns: readonly FieldColumn[]): ReadonlyMap<number, ColumnStats> {
  const entries = columns.flatMap((column): [number, ColumnStats][] => {
    const type = scalarName(parseType(column.type));
    if (type === undefined) return [];
    const chunks = footer.row_groups.flatMap(({ columns: all }) =>
      all.flatMap(({ meta_data: chunk }) => (chunk?.path_in_schema.join('.') === column.name ? [chunk] : [])),
    );
    return [[column.id, statsOf(type, chunks)]];
  });
  return new Map(entries);
}

function statsOf(type: string, chunks: readonly ColumnMetaData[]): ColumnStats {
  const least = extreme(type, chunks, 'min_value');
  const greatest = extreme(type, chunks, 'max_value');
  const lower = least === undefined ? undefined : lowerBound(type, least);
  const upper = greatest === undefined ? undefined : upperBound(type, greatest);
  return {
    valueCount: sum(chunks.map(({ num_values: values }) => values)),
    nullCount: sum(chunks.map(nullsOf)),
    size: sum(chunks.map(({ total_compressed_size: size }) => size)),
    ...(lower && { lower }),
    ...(upper && { upper }),
  };
}

const sum = (numbers: readonly bigint[]): number => Number(numbers.reduce((total, number) => total + number, 0n));

const nullsOf = ({ statistics }: ColumnMetaData): bigint => BigInt(statistics?.null_count ?? 0);

/** The least or greatest value of all row groups; undefined where one of them has values but does not tell. */
function extreme(
  type: string,
  chunks: readonly ColumnMetaData[],
  which: 'min_value' | 'max_value',
): ScalarValue | undefined {
  const sign = which === 'min_value' ? 1 : -1;
  const values = chunks
    .filter((chunk) => chunk.num_values > nullsOf(chunk))
    .map(({ statistics }) => scalar(type, statistics?.[which], sign));
  if (!values.every((value) => value !== undefined)) return undefined;
  return values.toSorted((one, other) => sign * compareValues(one, other))[0];
}

/** Decimals come as doubles: beyond these digits the bound is put a little further out. */
const EXACT = 2 ** 50;

function scalar(type: string, value: unknown, sign: 1 | -1): ScalarValue | undefined {
  const scale = decimalOf(type)?.scale;
  if (scale !== undefined && typeof value === 'number') {
    const unscaled = Math.round(value * 10 ** scale);
    const slack = Math.abs(unscaled) < EXACT ? 0n : BigInt(Math.ceil(Math.abs(unscaled) / EXACT));
    return BigInt(unscaled) - BigInt(sign) * slack;
  }
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return type === 'binary' ? undefined : value;
    default:
      return undefined;
  }
}
