import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { identifier, literal } from '../../engine/adapters/duckdb/types.ts';
import { WAREHOUSE } from './dbt-project.ts';
import { readTables } from './tables.ts';

/** Some programs compute money in binary floats and round to the cent, so that a few sums differ by some cents. */
const TOLERANCE = 1e-6;

/** What a table holds: rows, and per column the sum of its numbers or of the hashes of its other values. */
type Digest = Readonly<Record<string, number>>;

/**
 * Compares tables that two contenders have made: numbers by their sums, all else exactly, whatever the order of rows.
 * Throws what differs.
 */
export async function requireEqualTables(ours: string, theirs: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const [own, other] = [await digest(ours, name, names), await digest(theirs, name, names)];
    const different = Object.entries(own).filter(([key, value]) => !isNear(value, other[key] ?? Number.NaN));
    if (different.length === 0) continue;
    const shown = different.map(([key, value]) => `${key}: ${value}, not ${other[key]}`);
    throw new Error(`${name} in ${theirs} differs: ${shown.join('; ')}`);
  }
}

const isNear = (one: number, other: number): boolean => Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(one));

async function digest(folder: string, name: string, names: readonly string[]): Promise<Digest> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '4GB' });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const warehouse = join(folder, WAREHOUSE);
  if (existsSync(warehouse)) await connection.run(`attach ${literal(warehouse)} as warehouse (read_only)`);
  const select = (await readTables(folder, names))[name] ?? '';
  const described = await connection.runAndReadAll(`describe ${select}`);
  const columns = described.getRowsJson().map(([column, type]) => ({ column: String(column), type: String(type) }));
  const sums = columns
    .filter(({ column }) => column !== '')
    .flatMap(({ column, type }) => {
      const quoted = identifier(column);
      return [
        `count(${quoted})::double as ${identifier(`count(${column})`)}`,
        isNumber(column, type)
          ? `coalesce(sum(${quoted}::double), 0) as ${identifier(`sum(${column})`)}`
          : `coalesce(sum((hash(${canonical(quoted, type)}) >> 32)::hugeint), 0)::double as ${identifier(`hash(${column})`)}`,
      ];
    });
  const reader = await connection.runAndReadAll(
    `select count(*)::double as row_count, ${sums.join(', ')} from (${select})`,
  );
  const found = Object.fromEntries(
    Object.entries(reader.getRowObjectsJson()[0] ?? {}).map(([key, value]) => [key, Number(value)]),
  );
  connection.closeSync();
  instance.closeSync();
  return found;
}

/** Keys are compared exactly; sums of 15-digit numbers would hide what differs. */
const isNumber = (column: string, type: string): boolean =>
  /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !column.endsWith('_key');

const canonical = (column: string, type: string): string => {
  if (type.startsWith('TIMESTAMP')) return `epoch_us(${column}::timestamp)`;
  if (type === 'DATE') return `epoch_us(${column}::timestamp)`;
  return /INT/.test(type) ? `${column}::bigint` : `${column}::varchar`;
};
