import type { ColumnInfo } from '@aws-sdk/client-athena';
import type { NamedType } from '../../../engine/dialect/translate/context.ts';
import type { SqlType, TypeKind } from '../../../engine/dialect/types.ts';

/** Digits that Athena states for a type; texts without a length have the greatest integer. */
const PRECISIONS: Readonly<Partial<Record<TypeKind, number>>> = {
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  real: 17,
  double: 17,
  timestamp: 3,
  varbinary: 1_073_741_824,
};
const UNBOUNDED = 2_147_483_647;

/** A column as ResultSetMetadata describes it. */
export function columnInfo({ name, type }: NamedType): ColumnInfo {
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type: athenaTypeName(type),
    Precision: precisionOf(type),
    Scale: type.kind === 'decimal' ? type.scale : 0,
    Nullable: 'UNKNOWN',
    CaseSensitive: isText(type),
  };
}

const isText = ({ kind }: SqlType): boolean => kind === 'varchar' || kind === 'char' || kind === 'any';

/** The name without parameters: `decimal`, `array`, `timestamp with time zone`. */
function athenaTypeName(type: SqlType): string {
  switch (type.kind) {
    case 'timestamp':
      return type.zone === undefined ? 'timestamp' : 'timestamp with time zone';
    case 'real':
      return 'float';
    case 'interval_day':
      return 'interval day to second';
    case 'interval_year':
      return 'interval year to month';
    case 'null':
      return 'unknown';
    case 'any':
      return 'varchar';
    default:
      return type.kind;
  }
}

function precisionOf(type: SqlType): number {
  if (type.kind === 'decimal') return type.precision;
  if (type.kind === 'varchar' || type.kind === 'char') return type.length ?? UNBOUNDED;
  return PRECISIONS[type.kind] ?? (type.kind === 'any' || type.kind === 'json' ? UNBOUNDED : 0);
}
