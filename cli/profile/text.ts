import type { ColumnProfile, NumberProfile, TableProfile } from '../../engine/profile/profile.ts';
import { parseType } from '../../engine/sql-type.ts';
import { layOut } from '../query/layout.ts';

const LONGEST_BAR = 30;
const LONGEST_VALUE = 40;

/** A profile for a terminal: a line per column, then each column's distribution and hints. */
export function profileText({ table, rows, duplicates, columns }: TableProfile): string {
  const twice = duplicates === null ? '' : `, ${number(duplicates.rows)} duplicates by ${duplicates.key.join(', ')}`;
  const overview = layOut(
    [
      { name: 'column' },
      { name: 'type' },
      { name: 'missing', isNumber: true },
      { name: 'distinct', isNumber: true },
      { name: 'min' },
      { name: 'max' },
      { name: 'mean', isNumber: true },
    ],
    columns.map((column) => [
      column.name,
      column.type,
      rows === 0 ? '' : `${((100 * column.nulls) / rows).toFixed(1)} %`,
      column.distinct === null ? '' : `~${number(column.distinct)}`,
      shown(column, column.min),
      shown(column, column.max),
      column.numbers?.mean == null ? '' : pointOf(column, column.numbers.mean),
    ]),
  );
  return [
    `${table}: ${number(rows)} rows${twice}\n`,
    overview,
    ...columns.map(detailText).filter((text) => text !== ''),
  ].join('\n');
}

const shown = ({ isShown }: ColumnProfile, value: string | null): string => (isShown ? shortened(value ?? '') : '***');

function detailText(column: ColumnProfile): string {
  const { name, numbers, top, hints } = column;
  const lines = [
    ...(numbers === null ? [] : numberLines(column, numbers)),
    ...bars(top.map(({ value, rows }) => ({ label: shortened(value ?? '***'), rows }))),
    ...hints.map((hint) => `  → ${hint}`),
  ];
  return lines.length === 0 ? '' : `${[name, ...lines].join('\n')}\n`;
}

function numberLines(column: ColumnProfile, { quantiles, deviation, histogram, outliers }: NumberProfile): string[] {
  const points = quantiles.map((value) => pointOf(column, value)).join(' | ');
  const { beyondFences, beyondThreeDeviations } = outliers;
  const spread = deviation === null || isTime(column) ? '' : `; standard deviation ${compact(deviation)}`;
  return [
    `  5 | 25 | 50 | 75 | 95 %: ${points}${spread}`,
    ...(beyondFences + beyondThreeDeviations === 0
      ? []
      : [`  outliers: ${number(beyondFences)} by quartiles, ${number(beyondThreeDeviations)} by deviations`]),
    ...bars(
      histogram.map(({ from, to, rows }) => ({ label: `${pointOf(column, from)} – ${pointOf(column, to)}`, rows })),
    ),
  ];
}

/** Horizontal bars; one that stands for anything has a length. */
function bars(counts: readonly { readonly label: string; readonly rows: number }[]): string[] {
  const most = Math.max(1, ...counts.map(({ rows }) => rows));
  const width = Math.max(0, ...counts.map(({ label }) => label.length));
  return counts.map(({ label, rows }) => {
    const length = rows === 0 ? 0 : Math.max(1, Math.round((LONGEST_BAR * rows) / most));
    return `  ${label.padEnd(width)}  ${'█'.repeat(length)}${length === 0 ? '' : ' '}${number(rows)}`;
  });
}

const isTime = ({ type }: ColumnProfile): boolean => ['date', 'timestamp'].includes(parseType(type).kind);

/** A point on the scale of a column: a number, or a day or minute. */
function pointOf(column: ColumnProfile, value: number): string {
  if (!isTime(column)) return compact(value);
  const text = new Date(value * 1_000).toISOString();
  return parseType(column.type).kind === 'date' ? text.slice(0, 10) : text.slice(0, 16).replace('T', ' ');
}

const compact = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));

const number = (value: number): string => value.toLocaleString('en');

const shortened = (text: string): string =>
  text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
