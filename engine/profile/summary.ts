import { identifier, isMeasurable, isNumeric, isScalar, isTemporal, isText, numberOf } from './kinds.ts';
import type { ColumnToProfile, TableToProfile } from './profile.ts';

export type ProfileRow = Readonly<Record<string, string | number | boolean | null>>;

export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** One row with everything about some columns of a table that one pass over it gives. */
export function summarySql({ name, key }: TableToProfile, columns: readonly ColumnToProfile[]): string {
  const keyList = key.map(identifier).join(', ');
  const keys =
    key.length === 0
      ? []
      : [`(select count(*) from (select ${keyList} from ${name} group by ${keyList}) as keys) as distinct_keys`];
  const values = columns.flatMap((column, index) =>
    aggregatesOf(column).map(([alias, sql]) => `${sql} as c${index}_${alias}`),
  );
  return `select\n  ${['count(*) as row_count', ...keys, ...values].join(',\n  ')}\nfrom ${name}`;
}

function aggregatesOf(column: ColumnToProfile): readonly (readonly [string, string])[] {
  const { isShown } = column;
  const name = identifier(column.name);
  return [
    ['filled', `count(${name})`],
    ...(isScalar(column) ? [['distinct', `approx_distinct(${name})`] as const] : []),
    ...(isShown && isScalar(column) ? extremes(name) : []),
    ...(isMeasurable(column) ? measures(numberOf(column)) : []),
    ...(isText(column) ? texts(name) : []),
  ];
}

const extremes = (name: string) =>
  [
    ['min', `cast(min(${name}) as varchar)`],
    ['max', `cast(max(${name}) as varchar)`],
  ] as const;

const measures = (number: string): readonly (readonly [string, string])[] => [
  ['least', `min(${number})`],
  ['greatest', `max(${number})`],
  ['mean', `avg(${number})`],
  ['deviation', `stddev_samp(${number})`],
  ...QUANTILES.map((share) => [`q${share * 100}`, `approx_percentile(${number}, ${share}E0)`] as const),
];

const texts = (name: string) =>
  [
    ['shortest', `min(length(${name}))`],
    ['longest', `max(length(${name}))`],
    ['empty', `count(*) filter (where ${name} = '')`],
    ['padded', `count(*) filter (where ${name} <> trim(${name}))`],
    ['numeric', `count(*) filter (where regexp_like(${name}, '^[-+]?[0-9]+([.][0-9]+)?$'))`],
    ['folded', `approx_distinct(lower(trim(${name})))`],
  ] as const;

/** What the summary says of one of its columns. */
export interface ColumnSummary {
  readonly filled: number;
  readonly distinct: number | null;
  readonly min: string | null;
  readonly max: string | null;
  /** Null where the column has no numbers, or no values. */
  readonly measured: MeasuredSummary | null;
  text(alias: 'shortest' | 'longest' | 'empty' | 'padded' | 'numeric' | 'folded'): number | null;
}

export interface MeasuredSummary {
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  /** Null of a single value. */
  readonly deviation: number | null;
  readonly quantiles: readonly number[];
}

export function summaryOf(row: ProfileRow, column: ColumnToProfile, index: number): ColumnSummary {
  const value = (alias: string) => row[`c${index}_${alias}`] ?? null;
  const number = (alias: string): number | null => {
    const found = value(alias);
    return found === null || !Number.isFinite(Number(found)) ? null : Number(found);
  };
  const text = (alias: string): string | null => (value(alias) === null ? null : String(value(alias)));
  return {
    filled: number('filled') ?? 0,
    distinct: isScalar(column) ? number('distinct') : null,
    min: text('min'),
    max: text('max'),
    measured: isNumeric(column) || isTemporal(column) ? measuredOf(number) : null,
    text: number,
  };
}

function measuredOf(number: (alias: string) => number | null): MeasuredSummary | null {
  const [least, greatest, mean] = [number('least'), number('greatest'), number('mean')];
  if (least === null || greatest === null || mean === null) return null;
  const quantiles = QUANTILES.map((share) => number(`q${share * 100}`) ?? mean);
  return { least, greatest, mean, deviation: number('deviation'), quantiles };
}
