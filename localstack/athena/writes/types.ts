import type { NamedType } from '../../../engine/dialect/translate/context.ts';
import { type SqlType, type TypeKind, typeName } from '../../../engine/dialect/types.ts';
import { hiveTypeOf } from '../../../engine/hive-type.ts';
import { QueryFailure } from '../failures.ts';

/** Each is coerced to those after it. */
const NUMBERS: readonly TypeKind[] = ['tinyint', 'smallint', 'integer', 'bigint', 'decimal', 'real', 'double'];

/** Throws `TYPE_MISMATCH` where the query's columns are not those of the table, in number or in kind. */
export function requireInsertable(table: readonly NamedType[], query: readonly NamedType[]): void {
  const fits = table.length === query.length && table.every(({ type }, index) => isCoercible(query[index]?.type, type));
  if (fits) return;
  const names = (columns: readonly NamedType[]): string => columns.map(({ type }) => typeName(type)).join(', ');
  throw new QueryFailure(
    'TYPE_MISMATCH',
    `line 1:1: Insert query has mismatched column types: Table: [${names(table)}], Query: [${names(query)}]`,
  );
}

function isCoercible(from: SqlType | undefined, to: SqlType): boolean {
  if (from === undefined) return false;
  if (from.kind === 'null' || from.kind === 'any') return true;
  if (from.kind === 'decimal' && to.kind === 'decimal') {
    return to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
  }
  if (from.kind === 'array' && to.kind === 'array') return isCoercible(from.element, to.element);
  if (from.kind === to.kind) return true;
  const [low, high] = [NUMBERS.indexOf(from.kind), NUMBERS.indexOf(to.kind)];
  return (
    (low >= 0 && low < high) ||
    (from.kind === 'date' && to.kind === 'timestamp') ||
    (from.kind === 'char' && to.kind === 'varchar')
  );
}

/** Throws `MISSING_COLUMN_NAME`, `DUPLICATE_COLUMN_NAME` where the columns of a query cannot be those of a table or view. */
export function requireNamed(columns: readonly NamedType[]): void {
  const names = columns.map(({ name }) => name.toLowerCase());
  const unnamed = names.findIndex((name) => /^_col\d+$/.test(name) || name === '');
  if (unnamed >= 0) {
    throw new QueryFailure('MISSING_COLUMN_NAME', `line 1:1: Column name not specified at position ${unnamed + 1}`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new QueryFailure('DUPLICATE_COLUMN_NAME', `line 1:1: Column name '${twice}' specified more than once`);
}

/** Hive's spelling of a result's column. Throws for types that no table has. */
export function hiveColumnType({ name, type }: NamedType): string {
  if (type.kind === 'null') throw new QueryFailure('COLUMN_TYPE_UNKNOWN', `line 1:1: Column type is unknown: ${name}`);
  try {
    return hiveTypeOf(typeName(type));
  } catch {
    throw new QueryFailure('NOT_SUPPORTED', `Unsupported Hive type: ${typeName(type)}`);
  }
}
