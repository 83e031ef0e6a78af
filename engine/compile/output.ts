import type { TributaryError } from '../../common/errors.ts';
import type { Column } from '../model.ts';
import { compileError, type Place } from './errors.ts';
import type { HeaderPath } from './header.ts';
import type { ScopeColumn } from './scope.ts';
import { familyOf, isAssignable } from './types.ts';

/** What a header promises and where it says so. */
export interface Promised {
  readonly columns: readonly Column[];
  placeOf(path: HeaderPath): Place;
}

/**
 * Compares what a SELECT yields with what its header promises: number, order and names of the columns, and types as
 * far as they are known. `inferred` holds types that are only guessed, by position: of these just the family counts.
 * Throws `column_mismatch`, `unnamed_column` or `type_drift` at the column's place.
 */
export function checkOutput(
  promised: Promised,
  actual: readonly ScopeColumn[],
  inferred: readonly (string | undefined)[],
): void {
  promised.columns.forEach((column, index) => {
    const place = promised.placeOf(['columns', index, 'name']);
    const output = actual[index];
    if (output === undefined) throw missing(column, promised.columns.length, actual.length, place);
    if (output.name !== column.name) throw misnamed(column, output, index, place);
    const type = output.type ?? sameFamilyOr(inferred[index], column.type);
    if (!isAssignable(type, column.type)) {
      throw compileError(
        'type_drift',
        output.place ?? place,
        `"${column.name}" is ${type}, the header says ${column.type}`,
        `Write cast(… as ${column.type}) or change the header.`,
      );
    }
  });
  const extra = actual[promised.columns.length];
  if (extra !== undefined) {
    throw compileError(
      'column_mismatch',
      extra.place ?? promised.placeOf(['columns']),
      `the SELECT yields "${extra.name}", which the header does not list`,
      'Describe it in the header or remove it.',
    );
  }
}

/** A guessed type counts only where it is of another family than the promised one. */
const sameFamilyOr = (guess: string | undefined, promised: string): string =>
  guess === undefined || familyOf(guess) === familyOf(promised) ? promised : guess;

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
