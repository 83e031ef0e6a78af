import { parseType, type SqlType } from '../../sql-type.ts';

/** DuckDB's spelling of an Athena column type. */
export const duckDbType = (athenaType: string): string => spell(parseType(athenaType));

function spell(type: SqlType): string {
  switch (type.kind) {
    case 'binary':
      return 'BLOB';
    case 'timestamp':
      return type.withTimeZone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `${spell(type.element)}[]`;
    case 'map':
      return `MAP(${spell(type.key)}, ${spell(type.value)})`;
    case 'row':
      return `STRUCT(${type.fields.map((field) => `${identifier(field.name)} ${spell(field.type)}`).join(', ')})`;
    default:
      return type.kind.toUpperCase();
  }
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
