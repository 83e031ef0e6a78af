import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXPRESSIONS } from './expression-cases.ts';
import { FAILURES } from './failure-cases.ts';
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

it.each(FAILURES)('%s fails', async (expression, { duckdb }) => {
  await expect(run(connection, `select ${expression}`)).rejects.toThrow(duckdb);
});
