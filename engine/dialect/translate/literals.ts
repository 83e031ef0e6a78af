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
import type { Context } from './context.ts';
import type { Operand } from './scope.ts';

export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A literal without a type name before it. */
export function literal({ type, value }: Extract<Expression, { kind: 'literal' }>): Operand {
  switch (type) {
    case 'null':
      return { sql: 'null', type: { kind: 'null' } };
    case 'boolean':
      return { sql: value, type: BOOLEAN };
    case 'string':
      return { sql: text(value), type: { kind: 'varchar', length: [...value].length } };
    case 'binary':
      return { sql: `unhex(${text(value)})`, type: VARBINARY };
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
  if (type === 'timestamp') {
    return timestampLiteral(value, at, context);
  }
  if (type === 'json') {
    return { sql: `cast(${text(value)} as json)`, type: JSON_TYPE };
  }
  if (type === 'decimal') {
    return { sql: `cast(${text(value)} as ${decimalName(value)})`, type: decimalLiteralType(value) };
  }
  if (type === 'date' && !/^\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}\s*$/.test(value)) {
    throw context.fail('INVALID_LITERAL', `'${value}' is not a valid DATE literal`, at);
  }
  const known = PLAIN[type] ?? VARCHAR;
  const name = known.kind === 'real' ? 'float' : known.kind;
  return { sql: `cast(${text(value)} as ${name})`, type: known };
}

function decimalLiteralType(value: string): SqlType {
  const [whole = '', fraction = ''] = value.replace(/^[+-]/, '').split('.');
  return decimal(whole.replace(/^0+/, '').length + fraction.length, fraction.length);
}

function decimalName(value: string): string {
  const type = decimalLiteralType(value);
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : 'decimal';
}

const TIMESTAMP_TEXT = /^\s*(\d{4,}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.(\d+))?)?)?)\s*(\S+)?\s*$/;

function timestampLiteral(value: string, at: number, context: Context): Operand {
  const match = TIMESTAMP_TEXT.exec(value);
  if (match === null) {
    throw context.fail('INVALID_LITERAL', `'${value}' is not a valid TIMESTAMP literal`, at);
  }
  const [, local = '', fraction = '', zone] = match;
  const precision = fraction.length;
  if (zone === undefined) {
    return { sql: `cast(${text(local)} as timestamp)`, type: { ...TIMESTAMP, kind: 'timestamp', precision } };
  }
  const name = zone === 'Z' ? 'UTC' : zone;
  const offset = /^[+-]\d{1,2}:\d{2}$/.test(name);
  const sql = offset
    ? `cast(${text(`${local}${name}`)} as timestamptz)`
    : `timezone(${text(name)}, cast(${text(local)} as timestamp))`;
  return { sql, type: { kind: 'timestamp', precision, zone: name } };
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
  const sign = node.negative ? -1 : 1;
  const months = from === 'year' || from === 'month';
  const type: SqlType = { kind: months ? 'interval_year' : 'interval_day' };
  const bad = context.fail('INVALID_LITERAL', `'${value}' is not a valid interval literal`, at);
  if (to === undefined) {
    if (!/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) {
      throw bad;
    }
    return { sql: `interval '${sign * Number(value)} ${from}'`, type };
  }
  if (months) {
    const match = /^\s*(\d+)-(\d+)\s*$/.exec(value);
    if (match === null) {
      throw bad;
    }
    return { sql: `interval '${sign * (Number(match[1]) * 12 + Number(match[2]))} months'`, type };
  }
  const milliseconds = compound(value, from);
  if (milliseconds === undefined) {
    throw bad;
  }
  return { sql: `interval '${sign * milliseconds} milliseconds'`, type };
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
