import type { Expression, IntervalUnit } from '../ast.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  decimal,
  INTEGER,
  JSON_TYPE,
  type SqlType,
  TIMESTAMP,
  VARBINARY,
  VARCHAR,
} from '../types.ts';
import { type Context, requireConstruct } from './context.ts';
import type { Operand } from './scope.ts';

/** A literal without a type name before it. */
export function literal({ type, value }: Extract<Expression, { kind: 'literal' }>, { target }: Context): Operand {
  switch (type) {
    case 'null':
      return { sql: 'null', type: { kind: 'null' } };
    case 'boolean':
      return { sql: value, type: BOOLEAN };
    case 'string':
      return { sql: target.text(value), type: { kind: 'varchar', length: [...value].length } };
    case 'binary':
      return { sql: `unhex(${target.text(value)})`, type: VARBINARY };
    default:
      return { sql: value, type: numberType(value) };
  }
}

function numberType(value: string): SqlType {
  if (/e/i.test(value)) {
    return DOUBLE;
  }
  if (!value.includes('.')) {
    return Number(value) <= 2_147_483_647 ? INTEGER : BIGINT;
  }
  const [whole = '', fraction = ''] = value.split('.');
  const digits = whole.replace(/^0+/, '').length;
  return decimal(digits + fraction.length, fraction.length);
}

const PLAIN: Readonly<Record<string, SqlType>> = {
  date: DATE,
  double: DOUBLE,
  real: { kind: 'real' },
  bigint: BIGINT,
  integer: INTEGER,
  int: INTEGER,
  smallint: { kind: 'smallint' },
  tinyint: { kind: 'tinyint' },
  varchar: VARCHAR,
  char: VARCHAR,
  boolean: BOOLEAN,
  time: { kind: 'time' },
};

/** `date '2024-01-01'`, `timestamp '… UTC'`, `decimal '1.5'` and the like. */
export function typedLiteral(
  { type, value, at }: Extract<Expression, { kind: 'typed_literal' }>,
  context: Context,
): Operand {
  const { target } = context;
  if (type === 'timestamp') {
    return timestampLiteral(value, at, context);
  }
  if (type === 'json') {
    return target.convert({ sql: target.text(value), type: VARCHAR }, JSON_TYPE, false, context);
  }
  if (type === 'decimal') {
    const decimalType = decimalLiteralType(value);
    return { sql: `cast(${target.text(value)} as ${target.type(decimalType)})`, type: decimalType };
  }
  if (type === 'time') {
    requireConstruct('time', context, at);
  }
  if (type === 'date' && !/^\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*$/.test(value)) {
    throw context.fail('INVALID_LITERAL', `'${value}' is not a valid DATE literal`, at);
  }
  const known = PLAIN[type] ?? VARCHAR;
  return { sql: `cast(${target.text(value)} as ${target.type(known)})`, type: known };
}

function decimalLiteralType(value: string): SqlType {
  const [whole = '', fraction = ''] = value.replace(/^[+-]/, '').split('.');
  return decimal(whole.replace(/^0+/, '').length + fraction.length, fraction.length);
}

const TIMESTAMP_TEXT = /^\s*(\d{4,}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.(\d+))?)?)?)\s*(\S+)?\s*$/;

function timestampLiteral(value: string, at: number, context: Context): Operand {
  const match = TIMESTAMP_TEXT.exec(value);
  if (match === null) {
    throw context.fail('INVALID_LITERAL', `'${value}' is not a valid TIMESTAMP literal`, at);
  }
  const [, local = '', fraction = '', zone] = match;
  const precision = fraction.length;
  const name = zone === 'Z' ? 'UTC' : zone;
  const sql = context.target.timestamp(local, name);
  return { sql, type: { ...TIMESTAMP, kind: 'timestamp', precision, ...(name === undefined ? {} : { zone: name }) } };
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
};

/** `interval '7' day`, `interval '1-2' year to month`, `interval '2 03:04:05' day to second`. */
export function interval(node: Extract<Expression, { kind: 'interval' }>, context: Context): Operand {
  const { value, from, to, at } = node;
  const { target } = context;
  const sign = node.negative ? -1 : 1;
  const months = from === 'year' || from === 'month';
  const type: SqlType = { kind: months ? 'interval_year' : 'interval_day' };
  const bad = context.fail('INVALID_LITERAL', `'${value}' is not a valid interval literal`, at);
  if (to === undefined) {
    if (!/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) {
      throw bad;
    }
    return { sql: target.interval(sign * Number(value), from), type };
  }
  if (months) {
    const match = /^\s*(\d+)-(\d+)\s*$/.exec(value);
    if (match === null) {
      throw bad;
    }
    return { sql: target.interval(sign * (Number(match[1]) * 12 + Number(match[2])), 'month'), type };
  }
  const milliseconds = compound(value, from);
  if (milliseconds === undefined) {
    throw bad;
  }
  return { sql: target.interval(sign * milliseconds, 'millisecond'), type };
}

/** Milliseconds of `2 03:04:05.678` whose first part counts `from`. */
function compound(value: string, from: IntervalUnit): number | undefined {
  const units = ['day', 'hour', 'minute', 'second'];
  const parts = value.trim().split(/[ :]/);
  const total = parts.reduce((sum, part, index) => {
    const unit = units[units.indexOf(from) + index];
    return sum + Number(part) * (unit === undefined ? Number.NaN : (MILLISECONDS[unit] ?? Number.NaN));
  }, 0);
  return Number.isNaN(total) ? undefined : Math.round(total);
}
