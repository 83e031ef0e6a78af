import { NUMERIC, TEMPORAL } from '../checks/rule.ts';
import { parseType } from '../sql-type.ts';
import type { ColumnToProfile } from './profile.ts';

export const isNumeric = ({ type }: ColumnToProfile): boolean => NUMERIC.includes(parseType(type).kind);
export const isTemporal = ({ type }: ColumnToProfile): boolean => TEMPORAL.includes(parseType(type).kind);
export const isText = ({ type }: ColumnToProfile): boolean => parseType(type).kind === 'varchar';

/** Arrays, maps and rows are only counted. */
export const isScalar = ({ type }: ColumnToProfile): boolean =>
  !['array', 'map', 'row', 'binary'].includes(parseType(type).kind);

export const isMeasurable = (column: ColumnToProfile): boolean =>
  column.isShown && (isNumeric(column) || isTemporal(column));

/** A name as a SELECT may have it, whatever it begins with. */
export const identifier = (name: string): string => `"${name}"`;

/** A number for each value: itself, or seconds since 1970; null for what is no number, such as NaN. */
export function numberOf(column: ColumnToProfile): string {
  if (isTemporal(column)) return `to_unixtime(cast(${identifier(column.name)} as timestamp))`;
  const number = `cast(${identifier(column.name)} as double)`;
  return ['real', 'double'].includes(parseType(column.type).kind)
    ? `case when is_finite(${number}) then ${number} end`
    : number;
}

/** A double as Athena writes it. */
export const doubleLiteral = (value: number): string => `(${value.toExponential().toUpperCase()})`;
