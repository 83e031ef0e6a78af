import { type AthenaClient, type ColumnInfo, type Datum, paginateGetQueryResults } from '@aws-sdk/client-athena';
import type { FieldColumn } from '../../iceberg/types.ts';
import { parseType } from '../../sql-type.ts';
import type { ResultRow } from '../adapter.ts';
import type { ResultColumn } from '../duckdb/result-columns.ts';

/** All rows of a finished query, in the words of `ResultRow`; arrays, maps and rows stay Athena's text. */
export async function readRows(client: AthenaClient, QueryExecutionId: string): Promise<readonly ResultRow[]> {
  const rows: ResultRow[] = [];
  let isFirst = true;
  for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId })) {
    const columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    // The first row of the first page repeats the names.
    const found = (ResultSet?.Rows ?? []).slice(isFirst ? 1 : 0);
    isFirst = false;
    rows.push(...found.map(({ Data = [] }) => asRow(columns, Data)));
  }
  return rows;
}

/** Names and types of a finished query's columns. */
export async function readColumns(client: AthenaClient, QueryExecutionId: string): Promise<readonly ColumnInfo[]> {
  for await (const { ResultSet } of paginateGetQueryResults({ client }, { QueryExecutionId })) {
    return ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  }
  return [];
}

const asRow = (columns: readonly ColumnInfo[], data: readonly Datum[]): ResultRow =>
  Object.fromEntries(
    columns.map(({ Name = '', Type = '' }, index) => [Name, asValue(Type, data[index]?.VarCharValue)]),
  );

function asValue(type: string, text: string | undefined): unknown {
  if (text === undefined) return null;
  switch (type) {
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
    case 'float':
    case 'real':
    case 'double':
      return exactNumber(text);
    case 'boolean':
      return text === 'true';
    case 'timestamp':
      // Digits that say nothing are as many as the type has; all engines leave them out.
      return text.replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') || text.includes('.') ? '' : zeros));
    default:
      return text;
  }
}

/** The number where a double holds it exactly, else its text: `NaN`, 2^60. */
function exactNumber(text: string): unknown {
  const number = Number(text);
  const isExact = /^-?\d+$/.test(text) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isExact ? number : text;
}

/** Athena's description of a column in the words in which results are compared with declarations. */
export function resultColumn(info: ColumnInfo, declared: readonly FieldColumn[]): ResultColumn {
  const { Name: name = '', Type: type = '', Precision, Scale } = info;
  switch (type) {
    case 'decimal':
      return { name, type: `DECIMAL(${Precision},${Scale})` };
    case 'varbinary':
      return { name, type: 'BLOB' };
    case 'char':
      return { name, type: 'VARCHAR' };
    case 'array': {
      // Athena does not say of what; the INSERT finds out.
      const element = declared.find((column) => column.name === name.toLowerCase())?.type ?? '';
      return { name, type: element.startsWith('array') ? arrayOf(element) : 'ARRAY' };
    }
    default:
      return { name, type: type.toUpperCase() };
  }
}

function arrayOf(declared: string): string {
  const type = parseType(declared);
  if (type.kind !== 'array') return 'ARRAY';
  const { element } = type;
  return element.kind === 'decimal'
    ? `DECIMAL(${element.precision},${element.scale})[]`
    : `${element.kind.toUpperCase()}[]`;
}
