import type { TypeNode } from './ast.ts';

/** A type of Trino. `any` is a type that is not known, because the columns of a table are not. */
export type SqlType =
  | { readonly kind: 'boolean' | 'tinyint' | 'smallint' | 'integer' | 'bigint' | 'real' | 'double' }
  | { readonly kind: 'date' | 'time' | 'varbinary' | 'json' | 'interval_day' | 'interval_year' | 'null' | 'any' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'varchar' | 'char'; readonly length?: number }
  /** With `zone`, an instant that shows itself in that time zone. */
  | { readonly kind: 'timestamp'; readonly precision: number; readonly zone?: string }
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'map'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] };

export interface RowField {
  readonly name?: string;
  readonly type: SqlType;
}

export type TypeKind = SqlType['kind'];
export type DecimalType = Extract<SqlType, { kind: 'decimal' }>;

export const ANY: SqlType = { kind: 'any' };
export const BOOLEAN: SqlType = { kind: 'boolean' };
export const INTEGER: SqlType = { kind: 'integer' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const DOUBLE: SqlType = { kind: 'double' };
export const VARCHAR: SqlType = { kind: 'varchar' };
export const VARBINARY: SqlType = { kind: 'varbinary' };
export const DATE: SqlType = { kind: 'date' };
export const JSON_TYPE: SqlType = { kind: 'json' };
export const TIMESTAMP: SqlType = { kind: 'timestamp', precision: 3 };
export const TIMESTAMP_UTC: SqlType = { kind: 'timestamp', precision: 3, zone: 'UTC' };
export const arrayOf = (element: SqlType): SqlType => ({ kind: 'array', element });
export const mapOf = (key: SqlType, value: SqlType): SqlType => ({ kind: 'map', key, value });

const INTEGERS: readonly TypeKind[] = ['tinyint', 'smallint', 'integer', 'bigint'];
const INTEGER_DIGITS: Readonly<Partial<Record<TypeKind, number>>> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
};

export const isInteger = (type: SqlType): boolean => INTEGERS.includes(type.kind);
export const isFloating = (type: SqlType): boolean => type.kind === 'real' || type.kind === 'double';
export const isNumeric = (type: SqlType): boolean => isInteger(type) || isFloating(type) || type.kind === 'decimal';
export const isText = (type: SqlType): boolean => type.kind === 'varchar' || type.kind === 'char';
export const isInterval = (type: SqlType): boolean => type.kind === 'interval_day' || type.kind === 'interval_year';
export const isNested = (type: SqlType): boolean => type.kind === 'array' || type.kind === 'map' || type.kind === 'row';
/** Whether nothing can be said about the type: a column of an unknown table, or NULL. */
export const isOpen = (type: SqlType): boolean => type.kind === 'any' || type.kind === 'null';

/** The decimal that an exact number takes part in decimal arithmetic as. */
export function asDecimal(type: SqlType): DecimalType | undefined {
  if (type.kind === 'decimal') {
    return type;
  }
  const digits = INTEGER_DIGITS[type.kind];
  return digits === undefined ? undefined : { kind: 'decimal', precision: digits, scale: 0 };
}

export const decimal = (precision: number, scale: number): DecimalType => ({
  kind: 'decimal',
  precision: Math.min(38, Math.max(precision, 1)),
  scale,
});

/** The type to which values of both types convert by themselves; undefined where they do not. */
export function commonType(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'null' || b.kind === 'any') {
    return b;
  }
  if (b.kind === 'null' || a.kind === 'any') {
    return a;
  }
  if (isNumeric(a) && isNumeric(b)) {
    return commonNumber(a, b);
  }
  if (isText(a) && isText(b)) {
    return VARCHAR;
  }
  if (a.kind === 'array' && b.kind === 'array') {
    const element = commonType(a.element, b.element);
    return element && arrayOf(element);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [commonType(a.key, b.key), commonType(a.value, b.value)];
    return key && value && mapOf(key, value);
  }
  if (a.kind === 'row' && b.kind === 'row') {
    return commonRow(a.fields, b.fields);
  }
  return commonTime(a, b) ?? (a.kind === b.kind ? a : undefined);
}

function commonNumber(a: SqlType, b: SqlType): SqlType {
  if (isFloating(a) || isFloating(b)) {
    return a.kind === 'double' || b.kind === 'double' ? DOUBLE : { kind: 'real' };
  }
  if (a.kind !== 'decimal' && b.kind !== 'decimal') {
    return INTEGERS.indexOf(a.kind) >= INTEGERS.indexOf(b.kind) ? a : b;
  }
  const [left, right] = [asDecimal(a), asDecimal(b)];
  if (left === undefined || right === undefined) {
    return DOUBLE;
  }
  const scale = Math.max(left.scale, right.scale);
  return decimal(Math.max(left.precision - left.scale, right.precision - right.scale) + scale, scale);
}

function commonRow(a: readonly RowField[], b: readonly RowField[]): SqlType | undefined {
  const fields: RowField[] = [];
  for (const [index, left] of a.entries()) {
    const right = b[index];
    const type = right && commonType(left.type, right.type);
    if (right === undefined || type === undefined) {
      return undefined;
    }
    fields.push(left.name !== undefined && left.name === right.name ? { name: left.name, type } : { type });
  }
  return a.length === b.length ? { kind: 'row', fields } : undefined;
}

/** Dates become timestamps, timestamps become zoned ones, at the greater precision. */
function commonTime(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'date' && b.kind === 'timestamp') {
    return b;
  }
  if (a.kind === 'timestamp' && b.kind === 'date') {
    return a;
  }
  if (a.kind !== 'timestamp' || b.kind !== 'timestamp') {
    return undefined;
  }
  const zone = a.zone ?? b.zone;
  return { kind: 'timestamp', precision: Math.max(a.precision, b.precision), ...(zone === undefined ? {} : { zone }) };
}

/** Trino's way to write a type: `decimal(18,2)`, `timestamp(3) with time zone`, `row(a bigint)`. */
export function typeName(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varchar':
    case 'char':
      return type.length === undefined ? type.kind : `${type.kind}(${type.length})`;
    case 'timestamp':
      return `timestamp(${type.precision})${type.zone === undefined ? '' : ' with time zone'}`;
    case 'array':
      return `array(${typeName(type.element)})`;
    case 'map':
      return `map(${typeName(type.key)}, ${typeName(type.value)})`;
    case 'row':
      return `row(${type.fields.map(({ name, type: inner }) => (name === undefined ? '' : `${name} `) + typeName(inner)).join(', ')})`;
    case 'interval_day':
      return 'interval day to second';
    case 'interval_year':
      return 'interval year to month';
    case 'null':
      return 'unknown';
    default:
      return type.kind;
  }
}

/** DuckDB's name of a type, as in a cast. */
export function duckDbType(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'varbinary':
      return 'blob';
    case 'char':
      return 'varchar';
    case 'real':
      return 'float';
    case 'timestamp':
      return type.zone === undefined ? 'timestamp' : 'timestamptz';
    case 'array':
      return `${duckDbType(type.element)}[]`;
    case 'map':
      return `map(${duckDbType(type.key)}, ${duckDbType(type.value)})`;
    case 'row':
      return `struct(${type.fields.map((field, index) => `${quoted(fieldName(field, index))} ${duckDbType(field.type)}`).join(', ')})`;
    case 'interval_day':
    case 'interval_year':
      return 'interval';
    case 'null':
    case 'any':
      return 'varchar';
    default:
      return type.kind;
  }
}

/** Name of a row's field, `field0`, `field1` … where it has none. */
export const fieldName = ({ name }: RowField, index: number): string => name ?? `field${index}`;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const SIMPLE: Readonly<Record<string, SqlType>> = {
  boolean: BOOLEAN,
  tinyint: { kind: 'tinyint' },
  smallint: { kind: 'smallint' },
  integer: INTEGER,
  int: INTEGER,
  bigint: BIGINT,
  real: { kind: 'real' },
  float: { kind: 'real' },
  double: DOUBLE,
  date: DATE,
  varbinary: VARBINARY,
  binary: VARBINARY,
  json: JSON_TYPE,
  string: VARCHAR,
  unknown: { kind: 'null' },
  'interval day to second': { kind: 'interval_day' },
  'interval year to month': { kind: 'interval_year' },
};

/** The type that a text such as `decimal(18,2)` names; undefined for a name that is no type. */
export function typeOf(node: TypeNode): SqlType | undefined {
  switch (node.kind) {
    case 'array': {
      const element = typeOf(node.element);
      return element && arrayOf(element);
    }
    case 'map': {
      const [key, value] = [typeOf(node.key), typeOf(node.value)];
      return key && value && mapOf(key, value);
    }
    case 'row':
      return rowType(node.fields);
    default:
      return namedType(node);
  }
}

function rowType(fields: Extract<TypeNode, { kind: 'row' }>['fields']): SqlType | undefined {
  const typed: RowField[] = [];
  for (const { name, type } of fields) {
    const inner = typeOf(type);
    if (inner === undefined) {
      return undefined;
    }
    typed.push({ ...(name !== undefined && { name }), type: inner });
  }
  return { kind: 'row', fields: typed };
}

function namedType({ name, parameters, zoned }: Extract<TypeNode, { kind: 'named' }>): SqlType | undefined {
  const [first, second] = parameters;
  switch (name) {
    case 'decimal':
    case 'dec':
    case 'numeric':
      return decimal(first ?? 38, second ?? 0);
    case 'varchar':
      return first === undefined ? VARCHAR : { kind: 'varchar', length: first };
    case 'char':
      return { kind: 'char', length: first ?? 1 };
    case 'timestamp':
      return { kind: 'timestamp', precision: first ?? 3, ...(zoned && { zone: 'UTC' }) };
    case 'time':
      return zoned ? undefined : { kind: 'time' };
    default:
      return SIMPLE[name];
  }
}
