import { parseType } from '../sql-type.ts';
import type { ColumnProfile } from './profile.ts';

/** Fewer rows say little. */
const LEAST_ROWS = 20;
const KEY_SHARE = 0.97;
/** More missing values than a column that is meant to be filled has. */
const MISSING_SHARE = 0.1;
/** Approximate counts differ by less where nothing is to be seen. */
const FOLDED_SHARE = 0.9;
const FEW_VALUES = 12;

const KEY_KINDS: readonly string[] = ['varchar', 'integer', 'bigint'];

/** What a column's profile suggests to look at or to do; nothing of a table without rows. */
export function hintsOf(column: Omit<ColumnProfile, 'hints'>, rows: number): readonly string[] {
  if (rows === 0) return [];
  if (column.nulls === rows) return ['always empty: does the source send it?'];
  return [...ofValues(column, rows), ...ofTexts(column, rows), ...ofNumbers(column)];
}

function ofValues({ type, nulls, distinct, top }: Omit<ColumnProfile, 'hints'>, rows: number): string[] {
  const filled = rows - nulls;
  const { kind } = parseType(type);
  const isEnough = filled >= LEAST_ROWS;
  const share = Math.min(1, (distinct ?? 0) / filled);
  return [
    ...(nulls / rows > MISSING_SHARE
      ? [`${percent(nulls / rows)} missing: a default, or not_null with tolerate?`]
      : []),
    ...(distinct === 1 && rows > 1 ? ['constant column'] : []),
    ...(isEnough && share >= KEY_SHARE && KEY_KINDS.includes(kind) ? [`${percent(share)} unique: a key?`] : []),
    ...(rows >= 10 * FEW_VALUES &&
    kind === 'varchar' &&
    distinct !== null &&
    distinct > 1 &&
    distinct <= FEW_VALUES &&
    top.length > 0
      ? [`only ${distinct} values: accepted_values?`]
      : []),
  ];
}

function ofTexts({ nulls, distinct, texts }: Omit<ColumnProfile, 'hints'>, rows: number): string[] {
  if (texts === null) return [];
  const filled = rows - nulls;
  const mixes = distinct !== null && texts.distinctFolded <= FOLDED_SHARE * distinct;
  return [
    ...(texts.empty > 0 ? [`${count(texts.empty, 'empty text')}: null instead?`] : []),
    ...(texts.padded > 0 ? [`${count(texts.padded, 'value')} with leading or trailing blanks: trim`] : []),
    ...(mixes ? ['values that differ only in case or blanks: normalise'] : []),
    ...(texts.numeric === filled ? ['numbers as text: a number type, unless they are ids'] : []),
  ];
}

function ofNumbers({ numbers }: Omit<ColumnProfile, 'hints'>): string[] {
  const far = numbers?.outliers.beyondThreeDeviations ?? 0;
  return far === 0 ? [] : [`${count(far, 'value')} beyond three standard deviations: see the extremes; a range?`];
}

const percent = (share: number): string => `${(share * 100).toFixed(share > 0.995 || share < 0.1 ? 1 : 0)} %`;

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
