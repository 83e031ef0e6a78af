import { parseType, type SqlType } from '../../sql-type.ts';

/** A type in the JSON form of Spark's schemas, which both sides of a request read. */
export type SparkType =
  | string
  | { readonly type: 'array'; readonly elementType: SparkType; readonly containsNull: true }
  | {
      readonly type: 'map';
      readonly keyType: SparkType;
      readonly valueType: SparkType;
      readonly valueContainsNull: true;
    }
  | SparkSchema;

export interface SparkSchema {
  readonly type: 'struct';
  readonly fields: readonly SparkField[];
}

export interface SparkField {
  readonly name: string;
  readonly type: SparkType;
  readonly nullable: true;
  readonly metadata: Readonly<Record<string, number>>;
}

/** Where Spark looks for, and puts, the field id of a Parquet column. */
const FIELD_ID = 'parquet.field.id';
/** Our own: Spark knows no ids of array elements. */
const ELEMENT_ID = 'tributary.element.id';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly id?: number;
  readonly elementId?: number;
}

/** Spark's schema of columns with types in Athena's words. Throws `unknown_type`. */
export const sparkSchema = (columns: readonly Column[]): SparkSchema => struct(columns.map(sparkField));

export const sparkField = ({ name, type, id, elementId }: Column): SparkField => ({
  name,
  type: sparkType(parseType(type)),
  nullable: true,
  metadata: {
    ...(id !== undefined && { [FIELD_ID]: id }),
    ...(elementId !== undefined && { [ELEMENT_ID]: elementId }),
  },
});

export const struct = (fields: readonly SparkField[]): SparkSchema => ({ type: 'struct', fields });

function sparkType(type: SqlType): SparkType {
  switch (type.kind) {
    case 'bigint':
      return 'long';
    case 'real':
      return 'float';
    case 'varchar':
      return 'string';
    case 'timestamp':
      return type.withTimeZone ? 'timestamp' : 'timestamp_ntz';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return { type: 'array', elementType: sparkType(type.element), containsNull: true };
    case 'map': {
      const [keyType, valueType] = [sparkType(type.key), sparkType(type.value)];
      return { type: 'map', keyType, valueType, valueContainsNull: true };
    }
    case 'row':
      return struct(
        type.fields.map((field) => ({
          name: field.name,
          type: sparkType(field.type),
          nullable: true,
          metadata: {},
        })),
      );
    default:
      return type.kind;
  }
}
