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

/** What a SELECT yields and where it says so. */
export interface Output {
  readonly columns: readonly ScopeColumn[];
  placeOf(at: number): Place;
}

/**
 * Compares the columns that a SELECT yields with those that its header promises: number, order and names.
 * Throws `column_mismatch` or `unnamed_column` at the column's place.
 */
export function checkNames({ columns, placeOf }: Promised, output: Output): void {
  const actual = output.columns;
  columns.forEach((column, index) => {
    const found = actual[index];
    if (found?.name === column.name) return;
    const place = placeOf(['columns', index, 'name']);
    if (found === undefined) throw missing(column, columns.length, actual.length, place);
    throw misnamed(column, found.name, index, placeIn(output, found) ?? place);
  });
  const extra = actual[columns.length];
  if (extra !== undefined) {
    throw compileError(
      'column_mismatch',
      placeIn(output, extra) ?? placeOf(['columns']),
      `the SELECT yields "${extra.name}", which the header does not list`,
      'Describe it in the header or remove it.',
    );
  }
}

/** Compares types, as far as they are known, by position. Throws `type_drift` at the column's place. */
export function checkTypes(
  { columns, placeOf }: Promised,
  output: Output,
  types: readonly (string | undefined)[],
): void {
  columns.forEach((column, index) => {
    const type = types[index];
    if (type === undefined || isAssignable(type, column.type)) return;
    throw compileError(
      'type_drift',
      placeIn(output, output.columns[index]) ?? placeOf(['columns', index, 'type']),
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

function misnamed(column: Column, name: string, index: number, place: Place): TributaryError {
  if (name === '') {
    return compileError('unnamed_column', place, `column ${index + 1} has no name`, `Add "as ${column.name}".`);
  }
  return compileError(
    'column_mismatch',
    place,
    `column ${index + 1} is "${name}", the header says "${column.name}"`,
    'Give both lists the same names in the same order.',
  );
}

const placeIn = ({ placeOf }: Output, column: ScopeColumn | undefined): Place | undefined =>
  column?.at === undefined ? undefined : placeOf(column.at);
