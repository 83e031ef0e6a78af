import { parseValue } from '../../../engine/adapters/duckdb/parquet-stats.ts';
import { compareValues, type ScalarValue } from '../../../engine/iceberg/bounds.ts';
import { decimalOf, scalarName } from '../../../engine/iceberg/schema.ts';
import type { DataFile, FieldColumn } from '../../../engine/iceberg/types.ts';
import { parseType } from '../../../engine/sql-type.ts';
import type { Condition, Constant } from './conditions.ts';
import type { HiveColumn, HivePart } from './hive.ts';

interface Range {
  readonly lower: ScalarValue | undefined;
  readonly upper: ScalarValue | undefined;
}

/** Whether a file may have rows that meet all conditions, by the bounds of its columns. */
export function mayHaveRows(
  file: Pick<DataFile, 'stats'>,
  columns: readonly FieldColumn[],
  conditions: readonly Condition[],
): boolean {
  return conditions.every((condition) => {
    const column = columns.find(({ name }) => name === condition.column);
    const type = column && icebergType(column.type);
    const stats = column && file.stats.get(column.id);
    if (type === undefined || stats === undefined) return true;
    const range = { lower: decode(type, stats.lower), upper: decode(type, stats.upper) };
    return mayMeet(range, condition, type);
  });
}

/** Whether a Hive partition may have rows that meet all conditions. */
export function mayHavePartition(
  { values }: Pick<HivePart, 'values'>,
  keys: readonly HiveColumn[],
  conditions: readonly Condition[],
): boolean {
  return conditions.every((condition) => {
    const key = keys.find(({ name }) => name === condition.column);
    const type = key && icebergType(key.type);
    const text = values[condition.column];
    if (type === undefined || text === undefined || !isWellFormed(type, text)) return true;
    const value = parseValue(type, text);
    return mayMeet({ lower: value, upper: value }, condition, type);
  });
}

type Order = number | undefined;

/** Whether a value within bounds that stand so to a constant may compare with it like this. */
const ALLOWS: Readonly<Record<Condition['operator'], (lower: Order, upper: Order) => boolean>> = {
  '=': (lower = 0, upper = 0) => lower <= 0 && upper >= 0,
  '<': (lower = -1) => lower < 0,
  '<=': (lower = 0) => lower <= 0,
  '>': (_lower, upper = 1) => upper > 0,
  '>=': (_lower, upper = 0) => upper >= 0,
};

const mayMeet = ({ lower, upper }: Range, { operator, values }: Condition, type: string): boolean =>
  values.some((constant) => {
    const value = comparable(constant, type);
    return value === undefined || ALLOWS[operator](order(lower, value), order(upper, value));
  });

const order = (bound: ScalarValue | undefined, value: ScalarValue): Order =>
  bound === undefined ? undefined : compareValues(bound, value);

const icebergType = (type: string): string | undefined => scalarName(parseType(type));

/** A constant in the terms of a column's bounds; undefined where they cannot be compared. */
function comparable({ type, text }: Constant, column: string): ScalarValue | undefined {
  const wanted = KINDS[column] ?? (decimalOf(column) === undefined ? undefined : 'number');
  if (type === 'date' && wanted === 'timestamp')
    return comparable({ type: 'timestamp', text: `${text} 00:00:00` }, column);
  if (type !== wanted || !isWellFormed(column, text)) return undefined;
  return parseValue(column, text);
}

const KINDS: Readonly<Record<string, Constant['type']>> = {
  int: 'number',
  long: 'number',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
};

function isWellFormed(column: string, text: string): boolean {
  const scale = decimalOf(column)?.scale;
  if (scale !== undefined) return new RegExp(`^-?\\d+(\\.\\d{0,${scale}})?$`).test(text);
  return column === 'int' || column === 'long' ? /^-?\d+$/.test(text) : column in KINDS;
}

/** A bound as a value; undefined where there is none, or none that is compared here. */
function decode(type: string, bound: Uint8Array | undefined): ScalarValue | undefined {
  if (bound === undefined) return undefined;
  const bytes = Buffer.from(bound);
  if (decimalOf(type) !== undefined)
    return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`));
  switch (type) {
    case 'int':
    case 'date':
      return bytes.length === 4 ? bytes.readInt32LE() : undefined;
    case 'long':
    case 'timestamp':
      // A column that was an int once has bounds of four bytes in old files.
      return bytes.length === 8 ? bytes.readBigInt64LE() : BigInt(bytes.readInt32LE());
    case 'string':
      return bytes.toString('utf8');
    default:
      return undefined;
  }
}
