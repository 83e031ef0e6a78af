import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXPRESSIONS } from './expression-cases.ts';
import { newConnection, run } from './run.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await newConnection();
});

describe.each(EXPRESSIONS)('%s', (_, cases) => {
  it.each(cases)('%s is %s', async (expression, value, type) => {
    const result = await run(connection, `select ${expression}`);
    expect(result.rows).toEqual([[value]]);
    if (type !== undefined) expect(result.types).toEqual([type]);
  });
});

it.each([
  ['1 / 0', 'Division by zero'],
  ['1.0 / 0', 'Division by zero'],
  ['5 % 0', 'Division by zero'],
  ['array[1][2]', 'Array subscript must be less than or equal to array length: 2 > 1'],
  ["map(array['a'], array[1])['b']", 'Key not present in map: b'],
  ["cast('abc' as bigint)", "Cannot cast 'abc' to BIGINT"],
])('%s fails as in Trino', async (expression, message) => {
  await expect(run(connection, `select ${expression}`)).rejects.toThrow(message);
});
