import { doubleLiteral, identifier, isScalar, numberOf } from './kinds.ts';
import type { ColumnProfile, ColumnToProfile, NumberProfile } from './profile.ts';
import type { ColumnSummary, MeasuredSummary, ProfileRow } from './summary.ts';

/** Ranges of a histogram. */
const BINS = 10;
/** A column with more different values has no list of its most frequent ones; numbers and times have ranges instead. */
const MOST_VALUES = 1_000;
const MOST_NUMBERS = 12;
const TOP_VALUES = 5;
/** How far outside the quartiles a fence stands, in interquartile ranges. */
const FENCE = 1.5;
const FAR_DEVIATIONS = 3;

export interface SummarisedColumn {
  readonly column: ColumnToProfile;
  readonly summary: ColumnSummary;
}

/** What is counted of each row: its cell in a histogram, whether it is far out, its value. */
interface Count {
  readonly name: string;
  readonly sql: string;
  readonly isShown: boolean;
}

/**
 * Rows (counted, value, row_count) of all columns' histograms, outliers and most frequent values in one pass, each by
 * at most `BINS` rows; undefined where there is nothing to count. Values that may not be shown do not leave the query.
 */
export function detailSql(table: string, columns: readonly SummarisedColumn[]): string | undefined {
  const counts = columns.flatMap(countsOf);
  if (counts.length === 0) return undefined;
  const hidden = counts.filter(({ isShown }) => !isShown).map(({ name }) => `'${name}'`);
  const value =
    hidden.length === 0 ? 'value' : `case when counted not in (${hidden.join(', ')}) then value end as value`;
  return `with cells as (
  select counted, value
  from ${table}
  cross join unnest(
    array[${counts.map(({ name }) => `'${name}'`).join(', ')}],
    array[${counts.map(({ sql }) => sql).join(',\n      ')}]
  ) as u(counted, value)
  where value is not null
),
counts as (
  select counted, value, count(*) as row_count from cells group by counted, value
),
ranked as (
  select counted, value, row_count, row_number() over (partition by counted order by row_count desc, value) as place
  from counts
)
select counted, ${value}, row_count from ranked where place <= ${BINS} order by counted, place`;
}

function countsOf({ column, summary }: SummarisedColumn, index: number): readonly Count[] {
  const { name, isShown } = column;
  const { measured } = summary;
  const number = numberOf(column);
  return [
    ...(hasFewValues({ column, summary })
      ? [{ name: `v${index}`, sql: `cast(${identifier(name)} as varchar)`, isShown }]
      : []),
    ...(isShown && measured !== null && hasRange(measured)
      ? [
          { name: `h${index}`, sql: `cast(${binOf(number, measured)} as varchar)`, isShown },
          { name: `o${index}`, sql: outlierOf(number, measured), isShown },
        ]
      : []),
  ];
}

/** Whether some values are much more frequent than others may be. */
function hasFewValues({ column, summary: { distinct, measured, filled } }: SummarisedColumn): boolean {
  if (distinct === null || filled === 0 || !isScalar(column)) return false;
  return distinct <= MOST_NUMBERS || (measured === null && distinct <= MOST_VALUES && 2 * distinct <= filled);
}

/** Whether there are values to part, by ranges that a double can tell apart. */
function hasRange({ least, greatest }: MeasuredSummary): boolean {
  const width = (greatest - least) / BINS;
  return width > 0 && Number.isFinite(width) && least + width > least;
}

/** 0 to BINS − 1. */
function binOf(number: string, { least, greatest }: MeasuredSummary): string {
  const width = (greatest - least) / BINS;
  return `cast(least(floor((${number} - ${doubleLiteral(least)}) / ${doubleLiteral(width)}), ${BINS - 1}e0) as integer)`;
}

/** `fence`, `far` or `both`; null for a value that is neither. */
function outlierOf(number: string, { quantiles, mean, deviation }: MeasuredSummary): string {
  const [, lower = mean, , upper = mean] = quantiles;
  const reach = FENCE * (upper - lower);
  const beyond = (low: number, high: number) =>
    `(${number} < ${doubleLiteral(low)} or ${number} > ${doubleLiteral(high)})`;
  const fence = beyond(lower - reach, upper + reach);
  const far = FAR_DEVIATIONS * (deviation ?? 0);
  const isFar = deviation === null ? 'false' : beyond(mean - far, mean + far);
  return `case when ${fence} and ${isFar} then 'both' when ${fence} then 'fence' when ${isFar} then 'far' end`;
}

/** What the detail query found of one of its columns. */
export function detailOf(
  rows: readonly ProfileRow[],
  { summary }: SummarisedColumn,
  index: number,
): Pick<ColumnProfile, 'top' | 'numbers'> {
  const counted = (kind: string) =>
    rows
      .filter((row) => row.counted === `${kind}${index}`)
      .map((row) => ({
        value: row.value === null || row.value === undefined ? null : String(row.value),
        rows: Number(row.row_count),
      }));
  const { measured } = summary;
  return {
    top: counted('v').slice(0, TOP_VALUES),
    numbers: measured === null ? null : numbersOf(measured, counted('h'), counted('o')),
  };
}

type Counted = readonly { readonly value: string | null; readonly rows: number }[];

function numbersOf(measured: MeasuredSummary, bins: Counted, outliers: Counted): NumberProfile {
  const { least, greatest, mean, deviation, quantiles } = measured;
  const rowsOf = (counts: Counted, ...values: string[]) =>
    counts.filter(({ value }) => values.includes(value ?? '')).reduce((sum, { rows }) => sum + rows, 0);
  const width = (greatest - least) / BINS;
  const histogram = Array.from({ length: BINS }, (_, bin) => ({
    from: least + bin * width,
    to: bin === BINS - 1 ? greatest : least + (bin + 1) * width,
    rows: rowsOf(bins, String(bin)),
  }));
  return {
    mean,
    deviation,
    quantiles,
    histogram: bins.length === 0 ? [] : histogram,
    outliers: {
      beyondFences: rowsOf(outliers, 'fence', 'both'),
      beyondThreeDeviations: rowsOf(outliers, 'far', 'both'),
    },
  };
}
