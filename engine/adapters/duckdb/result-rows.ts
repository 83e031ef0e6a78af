import { type DuckDBResultReader, DuckDBTypeId } from '@duckdb/node-api';
import type { ResultRow } from '../adapter.ts';

const WIDE_INTEGERS: readonly DuckDBTypeId[] = [
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
];

/** A result as plain objects: integers as numbers where they are exact, decimals, dates and timestamps as text. */
export function resultRows(reader: DuckDBResultReader): readonly ResultRow[] {
  const names = reader.deduplicatedColumnNames();
  const wide = names.filter((_name, index) => WIDE_INTEGERS.includes(reader.columnTypeId(index)));
  return reader.getRowObjectsJson().map((row) => ({
    ...row,
    ...Object.fromEntries(wide.map((name) => [name, asSafeNumber(row[name])])),
  }));
}

function asSafeNumber(text: unknown): unknown {
  const number = Number(text);
  return text !== null && Number.isSafeInteger(number) ? number : text;
}
