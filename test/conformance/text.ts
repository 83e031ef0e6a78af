import { parseTypeName } from '../../engine/dialect/index.ts';
import { fieldName, type SqlType } from '../../engine/dialect/types.ts';
import { javaText } from '../../localstack/athena/results/text.ts';

/** What an engine gave, in the terms of Trino's protocol. */
export interface ProtocolResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Rows as Athena shows them. */
export function textRows({ columns, rows }: ProtocolResult): (string | null)[][] {
  const types = columns.map(({ type }) => parseTypeName(type));
  return rows.map((row) => row.map((value, index) => textOf(value, types[index] ?? { kind: 'any' })));
}

function textOf(value: unknown, type: SqlType): string | null {
  if (value === null || value === undefined) return null;
  const nested = (inner: unknown, of: SqlType): string => textOf(inner, of) ?? 'null';
  switch (type.kind) {
    case 'double':
    case 'real': {
      const number = Number(value);
      return javaText(number, String(Math.abs(number)));
    }
    case 'varbinary':
      return [...Buffer.from(String(value), 'base64')].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    case 'array':
      return `[${asArray(value)
        .map((item) => nested(item, type.element))
        .join(', ')}]`;
    case 'map':
      return `{${Object.entries(Object(value))
        .map(([key, inner]) => `${nested(key, type.key)}=${nested(inner, type.value)}`)
        .join(', ')}}`;
    case 'row':
      return `{${asArray(value)
        .map((item, index) => rowField(item, type, index, nested))
        .join(', ')}}`;
    default:
      return String(value);
  }
}

function rowField(
  value: unknown,
  { fields }: Extract<SqlType, { kind: 'row' }>,
  index: number,
  nested: (value: unknown, type: SqlType) => string,
): string {
  const field = fields[index] ?? { type: { kind: 'any' } };
  return `${fieldName(field, index)}=${nested(value, field.type)}`;
}

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
