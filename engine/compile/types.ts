import { parseType, type SqlType } from '../sql-type.ts';

/** Whether Athena stores a value of one type in a column of another without a cast, that is, without losing anything. */
export const isAssignable = (from: string, to: string): boolean => assignable(parseType(from), parseType(to));

function assignable(from: SqlType, to: SqlType): boolean {
  switch (to.kind) {
    case 'array':
      return from.kind === 'array' && assignable(from.element, to.element);
    case 'map':
      return from.kind === 'map' && assignable(from.key, to.key) && assignable(from.value, to.value);
    case 'row':
      return from.kind === 'row' && assignableFields(from.fields, to.fields);
    case 'decimal':
      return fitsDecimal(from, to.precision - to.scale, to.scale);
    default:
      return from.kind === to.kind || (WIDENINGS[to.kind] ?? []).includes(from.kind);
  }
}

/** What each kind of column takes beside its own kind. */
const WIDENINGS: Readonly<Record<string, readonly string[]>> = {
  bigint: ['integer'],
  real: ['integer', 'bigint'],
  double: ['integer', 'bigint', 'real', 'decimal'],
};

/** Digits of the largest whole numbers. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = { integer: 10, bigint: 19 };

function fitsDecimal(from: SqlType, wholeDigits: number, scale: number): boolean {
  if (from.kind === 'decimal') return from.precision - from.scale <= wholeDigits && from.scale <= scale;
  const digits = INTEGER_DIGITS[from.kind];
  return digits !== undefined && digits <= wholeDigits;
}

type Fields = readonly { readonly name: string; readonly type: SqlType }[];

const assignableFields = (from: Fields, to: Fields): boolean =>
  from.length === to.length &&
  to.every(({ type }, index) => {
    const field = from[index];
    return field !== undefined && assignable(field.type, type);
  });
