import { parseType, type SqlType } from '../sql-type.ts';

/**
 * Whether a value of one type may be stored in a column of another without losing anything but decimal places that
 * the column's author chose to drop. Engines differ in how they type averages and quotients (decimal or double), so
 * those two may stand for each other.
 */
export function isAssignable(from: string, to: string): boolean {
  return assignable(parseType(from), parseType(to));
}

function assignable(from: SqlType, to: SqlType): boolean {
  if (to.kind === 'array') return from.kind === 'array' && assignable(from.element, to.element);
  if (to.kind === 'map') {
    return from.kind === 'map' && assignable(from.key, to.key) && assignable(from.value, to.value);
  }
  if (to.kind === 'row') return from.kind === 'row' && assignableFields(from.fields, to.fields);
  return (WIDENINGS[to.kind] ?? [to.kind]).includes(from.kind);
}

/** What each kind of column takes, itself included; other kinds take only themselves. */
const WIDENINGS: Readonly<Record<string, readonly string[]>> = {
  bigint: ['integer', 'bigint'],
  double: ['integer', 'bigint', 'real', 'double', 'decimal'],
  decimal: ['integer', 'bigint', 'double', 'decimal'],
};

type Fields = readonly { readonly name: string; readonly type: SqlType }[];

function assignableFields(from: Fields, to: Fields): boolean {
  return (
    from.length === to.length && to.every(({ type }, i) => from[i] !== undefined && assignable(from[i].type, type))
  );
}

type Family = 'text' | 'number' | 'boolean' | 'date' | 'timestamp' | 'nested';

/** The coarse kind of a type, which even rough inference gets right; undefined for types that are not Athena's. */
export function familyOf(type: string): Family | undefined {
  return FAMILIES[parseType(type).kind];
}

const FAMILIES: Readonly<Record<string, Family>> = {
  varchar: 'text',
  integer: 'number',
  bigint: 'number',
  real: 'number',
  double: 'number',
  decimal: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  array: 'nested',
  map: 'nested',
  row: 'nested',
};
