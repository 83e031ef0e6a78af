import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DUCKDB_PRELUDE, SqlError, translate, typeName } from '../../../engine/dialect/index.ts';
import { textOf } from '../../../localstack/athena/results/text.ts';

export async function newConnection(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const statement of DUCKDB_PRELUDE) await connection.run(statement);
  return connection;
}

/** Rows of a query without tables, as Athena would show them, with the types it would name. */
export async function run(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ rows: (string | null)[][]; types: string[]; names: string[] }> {
  const { sql: translated, columns } = translate(sql, (reference, fail) => {
    throw fail('TABLE_NOT_FOUND', `Table '${reference.name.parts.join('.')}' does not exist`, reference.name.at);
  });
  const reader = await connection.runAndReadAll(translated);
  const rows = reader
    .getRows()
    .map((row) => row.map((value, index) => textOf(value, columns[index]?.type ?? { kind: 'any' })));
  return { rows, types: columns.map(({ type }) => typeName(type)), names: columns.map(({ name }) => name) };
}

/** The error that a query is refused with. */
export function refusal(sql: string, tables: Readonly<Record<string, readonly string[]>> = {}): SqlError {
  try {
    translate(sql, (reference, fail) => {
      const name = reference.name.parts.join('.');
      const columns = tables[name];
      if (columns === undefined) throw fail('TABLE_NOT_FOUND', `Table '${name}' does not exist`, reference.name.at);
      return { sql: name, columns: columns.map((column) => ({ name: column, type: { kind: 'varchar' } })) };
    });
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`not refused: ${sql}`);
}
