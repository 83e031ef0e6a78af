import type { Field } from '../contracts/contract.ts';
import { BooleanColumn, type Column, columnFor, Int32Column, Int64Column, TextColumn } from './columns.ts';
import { type Units, unitsOfBigint, unitsOfNumber, unitsOfText } from './decimal.ts';
import { separatorIn, withoutThousands } from './grouped-number.ts';
import { UtcMicros, WallClock } from './instant.ts';
import type { Problem, ProblemCode } from './problem.ts';
import { dateReader, timestampReader } from './time-reader.ts';

/** Reads one received value, writes it to its column at `row`; tells what is wrong with it otherwise. */
export type FieldWriter = (value: unknown, row: number) => Problem | undefined;

interface Bounds {
  readonly min: Units;
  readonly max: Units;
  /** As the contract's author wrote them. */
  readonly expected: string;
}

/**
 * Makes problems of one field. Values are shown only where they describe nobody, and never of sources that send personal
 * data: what stands in a wrong column may be anything.
 */
type Complain = (code: ProblemCode, expected: string, value?: unknown) => Problem;

const SHOWN_LENGTH = 40;

/** A value as a message quotes it. Objects may come from anybody's JSON: their `toString` is not to be called. */
function shownText(value: unknown): string {
  if (value instanceof UtcMicros || value instanceof WallClock) return value.toJSON();
  return typeof value === 'object' ? 'an object or a list' : JSON.stringify(String(value).slice(0, SHOWN_LENGTH));
}

function complainer(name: string, field: Field, isPersonalSource: boolean): Complain {
  const mayShow = !isPersonalSource && (field.classification === 'public' || field.classification === 'internal');
  return (code, expected, value) => {
    const shown = mayShow && value !== undefined ? ` is ${shownText(value)}, but` : '';
    return { code, field: name, message: `${name}${shown} ${expected}` };
  };
}

/** Text without blanks around it; numbers of sources that send identifiers as numbers; undefined for anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const first = value.charCodeAt(0);
    const last = value.charCodeAt(value.length - 1);
    const isTrimmed = first > 32 && first < 128 && last > 32 && last < 128;
    return isTrimmed ? value : value.trim();
  }
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  if (value instanceof UtcMicros || value instanceof WallClock) return value.toJSON();
  return undefined;
}

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (typeof value === 'string' && value.trim() === '');

function unitsOf(value: unknown, scale: number): Units | undefined {
  if (typeof value === 'string') return unitsOfText(value, scale);
  if (typeof value === 'number') return unitsOfNumber(value, scale);
  return typeof value === 'bigint' ? unitsOfBigint(value, scale) : undefined;
}

const PLAIN_WHOLE = /^-?\d{1,15}$/;
const WHOLE = /^\s*([+-]?\d+)(?:\.0*)?\s*$/;

/** A whole number: `5`, `"5"` and `"5.0"`, but not `5.5`. */
function wholeOf(value: unknown): Units | undefined {
  if (typeof value === 'string') {
    if (PLAIN_WHOLE.test(value)) return Number(value) + 0;
    return unitsOfText(WHOLE.exec(value)?.[1] ?? '', 0);
  }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : undefined;
  return typeof value === 'bigint' ? unitsOfBigint(value, 0) : undefined;
}

const TRUE = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0']);

function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = textOf(value)?.toLowerCase() ?? '';
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : undefined;
}

function textWriter(column: TextColumn, field: Field, complain: Complain): FieldWriter {
  const synonyms = Object.entries(field.synonyms ?? {});
  const allowed = field.values && new Map([...field.values.map((value) => [value, value] as const), ...synonyms]);
  const expected = `must be one of ${field.values?.join(', ')}`;
  return (value, row) => {
    const text = textOf(value);
    if (text === undefined) return complain('not_text', 'must be text');
    const canonical = allowed ? allowed.get(text) : text;
    if (canonical === undefined) return complain('not_allowed', expected, text);
    column.set(row, canonical);
    return undefined;
  };
}

function booleanWriter(column: BooleanColumn, complain: Complain): FieldWriter {
  return (value, row) => {
    const boolean = booleanOf(value);
    if (boolean === undefined) return complain('not_a_boolean', 'must be true or false', value);
    column.set(row, boolean);
    return undefined;
  };
}

function dateWriter(column: Int32Column, field: Field, complain: Complain): FieldWriter {
  const { read, expected } = dateReader(field);
  return (value, row) => {
    const days = read(value);
    if (days === undefined) return complain('not_a_date', expected(value), value);
    column.set(row, days);
    return undefined;
  };
}

function timestampWriter(column: Int64Column, field: Field, complain: Complain): FieldWriter {
  const { read, expected } = timestampReader(field);
  return (value, row) => {
    const micros = read(value);
    if (micros === undefined) return complain('not_a_timestamp', expected(value), value);
    column.set(row, micros);
    return undefined;
  };
}

/** Says whether the bounds of `boundsWhere` hold on a row whose other fields are already written. */
export type Exception = (row: number) => boolean;

function bounds(limits: Pick<Field, 'min' | 'max'>, scale: number): Bounds {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limits;
  return {
    min: unitsOfNumber(min, scale) ?? min,
    max: unitsOfNumber(max, scale) ?? max,
    expected: `must be ${boundsText(min, max)}`,
  };
}

function boundsText(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return `at least ${min}`;
  return min === Number.NEGATIVE_INFINITY ? `at most ${max}` : `between ${min} and ${max}`;
}

interface NumberRule {
  readonly code: ProblemCode;
  readonly expected: string;
  readonly scale: number;
  /** The largest magnitude that the column holds, in units. */
  readonly capacity: Units;
  readonly read: (value: unknown) => Units | undefined;
}

function numberRule(field: Field): NumberRule {
  const { type } = field;
  if (type.kind === 'decimal') {
    const { precision, scale } = type;
    const read = ungrouped(field, (value) => unitsOf(value, scale));
    return { code: 'not_a_number', expected: 'must be a number', scale, capacity: 10n ** BigInt(precision) - 1n, read };
  }
  const capacity = type.kind === 'bigint' ? 2n ** 63n - 1n : 2 ** 31 - 1;
  const read = ungrouped(field, wholeOf);
  return { code: 'not_an_integer', expected: 'must be a whole number', scale: 0, capacity, read };
}

/** Lets a field's numbers have separators between thousands, where its contract does. */
function ungrouped({ thousands }: Field, read: NumberRule['read']): NumberRule['read'] {
  return thousands === undefined ? read : (value) => read(value) ?? read(withoutThousands(value, thousands));
}

/** What is expected of a value that is no number; names the separator that may be the reason. */
function expectedNumber(expected: string, value: unknown): string {
  const separator = separatorIn(value);
  return separator === undefined ? expected : `${expected} without ${JSON.stringify(separator)} between its digits`;
}

function numberWriter(
  set: (row: number, units: Units) => void,
  field: Field,
  complain: Complain,
  isException: Exception,
): FieldWriter {
  const { code, expected, scale, capacity, read } = numberRule(field);
  const usual = bounds(field, scale);
  const exceptional = field.boundsWhere && bounds(field.boundsWhere, scale);
  // Every whole double fits into 64 bits' worth of units, so that only bigints need a look.
  const fits = (units: Units): boolean =>
    (typeof units === 'number' && typeof capacity === 'bigint') || (units <= capacity && -units <= capacity);
  return (value, row) => {
    const units = read(value);
    if (units === undefined) return complain(code, expectedNumber(expected, value), value);
    if (!fits(units)) return complain('too_large', 'has more digits than the field holds', value);
    const limits = exceptional && isException(row) ? exceptional : usual;
    if (units < limits.min) return complain('too_small', limits.expected, value);
    if (units > limits.max) return complain('too_large', limits.expected, value);
    set(row, units);
    return undefined;
  };
}

/** The column of a field and the writer that fills it. */
export function fieldWriter(
  name: string,
  field: Field,
  capacity: number,
  isException: Exception,
  isPersonalSource: boolean,
): { readonly column: Column; readonly write: FieldWriter } {
  const column = columnFor(field.type, capacity);
  const complain = complainer(name, field, isPersonalSource);
  const present = presentWriter(column, field, complain, isException);
  const absent = complain('missing', 'is missing');
  const write: FieldWriter = (value, row) => {
    if (!isAbsent(value)) return present(value, row);
    if (field.required) return absent;
    column.setNull(row);
    return undefined;
  };
  return { column, write };
}

function presentWriter(column: Column, field: Field, complain: Complain, isException: Exception): FieldWriter {
  if (column instanceof TextColumn) return textWriter(column, field, complain);
  if (column instanceof BooleanColumn) return booleanWriter(column, complain);
  if (field.type.kind === 'date' && column instanceof Int32Column) return dateWriter(column, field, complain);
  if (field.type.kind === 'timestamp' && column instanceof Int64Column) return timestampWriter(column, field, complain);
  const set =
    column instanceof Int32Column
      ? (row: number, units: Units) => column.set(row, Number(units))
      : (row: number, units: Units) => column.set(row, units);
  return numberWriter(set, field, complain, isException);
}
