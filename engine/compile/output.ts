import type { TributaryError } from '../../common/errors.ts';
import type { Column } from '../model.ts';
import { compileError, type Place } from './errors.ts';
import type { HeaderPath } from './header.ts';
import type { ScopeColumn } from './scope.ts';
import { isAssignable } from './types.ts';

/** What a header promises and where it says so. */
export interface Promised {
  readonly columns: readonly Column[];
  placeOf(path: HeaderPath): Place;
}

/**
 * Compares the columns that a SELECT yields with those that its header promises: number, order and names.
 * Throws `column_mismatch` or `unnamed_column` at the column's place.
 */
export function checkNames({ columns, placeOf }: Promised, actual: readonly ScopeColumn[]): void {
  columns.forEach((column, index) => {
    const place = placeOf(['columns', index, 'name']);
    const output = actual[index];
    if (output === undefined) throw missing(column, columns.length, actual.length, place);
    if (output.name !== column.name) throw misnamed(column, output, index, place);
  });
  const extra = actual[columns.length];
  if (extra !== undefined) {
    throw compileError(
      'column_mismatch',
      extra.place ?? placeOf(['columns']),
      `the SELECT yields "${extra.name}", which the header does not list`,
      'Describe it in the header or remove it.',
    );
  }
}

/** Compares types, as far as they are known, by position. Throws `type_drift` at the column's place. */
export function checkTypes(
  { columns, placeOf }: Promised,
  actual: readonly ScopeColumn[],
  types: readonly (string | undefined)[],
): void {
  columns.forEach((column, index) => {
    const type = types[index];
    if (type === undefined || isAssignable(type, column.type)) return;
    throw compileError(
      'type_drift',
      actual[index]?.place ?? placeOf(['columns', index, 'type']),
      `"${column.name}" is ${type}, the header says ${column.type}`,
      `Write cast(… as ${column.type}) or change the header.`,
    );
  });
}

function missing(column: Column, promised: number, actual: number, place: Place): TributaryError {
  return compileError(
    'column_mismatch',
    place,
    `the header lists ${promised} columns, the SELECT yields ${actual}: "${column.name}" is missing`,
  );
}

function misnamed(column: Column, output: ScopeColumn, index: number, place: Place): TributaryError {
  const at = output.place ?? place;
  if (output.name === '') {
    return compileError('unnamed_column', at, `column ${index + 1} has no name`, `Add "as ${column.name}".`);
  }
  return compileError(
    'column_mismatch',
    at,
    `column ${index + 1} is "${output.name}", the header says "${column.name}"`,
    'Give both lists the same names in the same order.',
  );
}
