import { TributaryError } from '../../common/errors.ts';
import { parseType, type SqlType } from '../sql-type.ts';
import type { FieldColumn, TableDefinition } from './types.ts';

/** A type as table metadata spells it: `long`, `decimal(18, 2)`, or a nested object. */
export type IcebergType = string | ListType | MapType | StructType;

export interface ListType {
  readonly type: 'list';
  readonly 'element-id': number;
  readonly element: IcebergType;
  readonly 'element-required': boolean;
}

export interface MapType {
  readonly type: 'map';
  readonly 'key-id': number;
  readonly key: IcebergType;
  readonly 'value-id': number;
  readonly value: IcebergType;
  readonly 'value-required': boolean;
}

export interface StructType {
  readonly type: 'struct';
  readonly fields: readonly SchemaField[];
}

export interface SchemaField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: IcebergType;
  readonly doc?: string;
}

export interface Schema extends StructType {
  readonly 'schema-id': number;
}

export interface Evolution {
  /** New column name → the name it had. */
  readonly renames?: Readonly<Record<string, string>>;
  /** No old file stays, so a column may change its type in any way: it then becomes a new field. */
  readonly replacesAllFiles?: boolean;
}

/**
 * The fields of a table whose columns shall be `columns`: a column keeps its field id by name (or by rename), a new one
 * gets an id never used before, one that is gone is dropped. Types may widen. Throws `incompatible_schema`.
 */
export function evolveFields(
  current: readonly SchemaField[],
  lastColumnId: number,
  columns: TableDefinition['columns'],
  { renames = {}, replacesAllFiles = false }: Evolution = {},
): { readonly fields: readonly SchemaField[]; readonly lastColumnId: number } {
  const byName = new Map(current.map((field) => [field.name, field]));
  const renamed = new Set(Object.values(renames));
  let lastId = lastColumnId;
  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };
  const fields = columns.map(({ name, type, description }) => {
    const before = byName.get(renames[name] ?? (renamed.has(name) ? '' : name));
    const doc = description === '' ? {} : { doc: description };
    const wanted = parseType(type);
    if (before !== undefined) {
      const widened = widen(before.type, wanted);
      if (widened !== undefined) return { id: before.id, name, required: false, type: widened, ...doc };
      if (!replacesAllFiles) throw incompatible(name, before.type, type);
    }
    return { id: nextId(), name, required: false, type: newType(wanted, nextId), ...doc };
  });
  return { fields, lastColumnId: lastId };
}

/** The columns of a schema in Athena's types, with the ids that data files carry. */
export const fieldColumns = (schema: StructType): readonly FieldColumn[] =>
  schema.fields.map(({ id, name, type }) => ({
    id,
    name,
    type: athenaType(type),
    ...(isList(type) ? { elementId: type['element-id'] } : {}),
  }));

/** Athena's spelling of an Iceberg type. */
export function athenaType(type: IcebergType): string {
  if (typeof type === 'string') return ATHENA_NAMES[type] ?? type.replace(', ', ',');
  switch (type.type) {
    case 'list':
      return `array(${athenaType(type.element)})`;
    case 'map':
      return `map(${athenaType(type.key)}, ${athenaType(type.value)})`;
    case 'struct':
      return `row(${type.fields.map((field) => `${field.name} ${athenaType(field.type)}`).join(', ')})`;
  }
}

/** Hive's spelling of an Iceberg type, which the Glue catalog holds. */
export function hiveType(type: IcebergType): string {
  if (typeof type === 'string') return HIVE_NAMES[type] ?? type.replace(', ', ',');
  switch (type.type) {
    case 'list':
      return `array<${hiveType(type.element)}>`;
    case 'map':
      return `map<${hiveType(type.key)},${hiveType(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}:${hiveType(field.type)}`).join(',')}>`;
  }
}

/** Precision and scale of a decimal, or undefined for any other type. */
export function decimalOf(type: IcebergType): { readonly precision: number; readonly scale: number } | undefined {
  const [, precision, scale] = (typeof type === 'string' && /^decimal\((\d+), ?(\d+)\)$/.exec(type)) || [];
  return precision === undefined ? undefined : { precision: Number(precision), scale: Number(scale) };
}

const ATHENA_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  long: 'bigint',
  float: 'real',
  string: 'varchar',
  uuid: 'varchar',
  binary: 'varbinary',
  timestamptz: 'timestamp with time zone',
};

const HIVE_NAMES: Readonly<Record<string, string>> = {
  long: 'bigint',
  uuid: 'string',
  timestamptz: 'timestamp',
};

const ICEBERG_NAMES = {
  boolean: 'boolean',
  integer: 'int',
  bigint: 'long',
  real: 'float',
  double: 'double',
  varchar: 'string',
  binary: 'binary',
  date: 'date',
} as const;

const isList = (type: IcebergType): type is ListType => typeof type !== 'string' && type.type === 'list';

/** A scalar type's name in table metadata, or undefined for a nested type. */
export function scalarName(type: SqlType): string | undefined {
  switch (type.kind) {
    case 'array':
    case 'map':
    case 'row':
      return undefined;
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'timestamp':
      return type.withTimeZone ? 'timestamptz' : 'timestamp';
    default:
      return ICEBERG_NAMES[type.kind];
  }
}

function newType(type: SqlType, nextId: () => number): IcebergType {
  const element = type.kind === 'array' ? scalarName(type.element) : undefined;
  if (element !== undefined) {
    return { type: 'list', 'element-id': nextId(), element, 'element-required': false };
  }
  const scalar = scalarName(type);
  if (scalar !== undefined) return scalar;
  throw new TributaryError({
    code: 'unsupported_type',
    message: `columns of a published table are scalars or arrays of scalars, not ${type.kind}`,
  });
}

/** The type that holds both old files' values and the wanted ones, or undefined where there is none. */
function widen(before: IcebergType, wanted: SqlType): IcebergType | undefined {
  if (isList(before)) {
    const element = wanted.kind === 'array' ? widen(before.element, wanted.element) : undefined;
    return element === undefined ? undefined : { ...before, element };
  }
  if (typeof before !== 'string') return undefined;
  const name = scalarName(wanted);
  if (name === undefined) return undefined;
  const same = name.replace(' ', '') === before.replace(' ', '');
  if (same || (before === 'int' && name === 'long') || (before === 'float' && name === 'double')) return name;
  const from = decimalOf(before);
  const to = decimalOf(name);
  return from && to && from.scale === to.scale && from.precision < to.precision ? name : undefined;
}

const incompatible = (column: string, before: IcebergType, wanted: string): TributaryError =>
  new TributaryError({
    code: 'incompatible_schema',
    message: `column ${column} is ${athenaType(before)} in the published files and cannot become ${wanted} in place`,
    advice: 'Rebuild the whole table, which replaces every file.',
  });
