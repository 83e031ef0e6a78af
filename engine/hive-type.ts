import { parseType, type SqlType } from './sql-type.ts';

/** Hive's spelling of an Athena column type, which the Glue catalog holds. */
export const hiveTypeOf = (athenaType: string): string => spell(parseType(athenaType));

function spell(type: SqlType): string {
  switch (type.kind) {
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'varchar':
      return 'string';
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'array':
      return `array<${spell(type.element)}>`;
    case 'map':
      return `map<${spell(type.key)},${spell(type.value)}>`;
    case 'row':
      return `struct<${type.fields.map((field) => `${field.name}:${spell(field.type)}`).join(',')}>`;
    default:
      return type.kind;
  }
}
