import { fieldName, type SqlType } from '../../types.ts';

export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Spark's name of a type, as in a cast. JSON is text. */
export function sparkType(type: SqlType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'integer':
      return 'int';
    case 'real':
      return 'float';
    case 'varbinary':
      return 'binary';
    case 'timestamp':
      return type.zone === undefined ? 'timestamp_ntz' : 'timestamp_ltz';
    case 'array':
      return `array<${sparkType(type.element)}>`;
    case 'map':
      return `map<${sparkType(type.key)}, ${sparkType(type.value)}>`;
    case 'row':
      return `struct<${type.fields.map((field, index) => `${quoted(fieldName(field, index))}: ${sparkType(field.type)}`).join(', ')}>`;
    case 'interval_day':
      return 'interval day to second';
    case 'interval_year':
      return 'interval year to month';
    case 'varchar':
    case 'char':
    case 'json':
    case 'null':
    case 'any':
      return 'string';
    default:
      return type.kind;
  }
}
