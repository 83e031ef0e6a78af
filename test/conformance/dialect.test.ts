import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPRESSIONS } from '../unit/dialect/expression-cases.ts';
import { FAILURES } from '../unit/dialect/failure-cases.ts';
import { QUERIES } from '../unit/dialect/query-cases.ts';
import { REFUSALS } from '../unit/dialect/refusal-cases.ts';
import { textRows } from './text.ts';
import { startTrino, type Trino } from './trino.ts';

/** What the dialect's unit tests expect of DuckDB is what Trino itself answers. */
let trino: Trino;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-dialect-'));
  // No table is read, so that nothing needs to answer there.
  trino = await startTrino({ endpoint: 'http://127.0.0.1:1', directory, onProgress: console.info });
});

afterAll(async () => {
  await trino?.stop();
});

const rowsOf = async (sql: string) => textRows(await trino.query(sql));

describe.each(EXPRESSIONS)('%s', (_, cases) => {
  it.each(cases)('%s is %s', async (expression, value, type) => {
    expect(await rowsOf(`select ${expression}`)).toEqual([[value]]);
    if (type === undefined) return;
    const [[name] = []] = await rowsOf(`select typeof(${expression})`);
    expect(name).toBe(type);
  });
});

describe('queries', () => {
  it.each(QUERIES)('%s', async (_, sql, rows) => {
    expect(await rowsOf(sql.replace(/;\s*$/, ''))).toEqual(rows);
  });
});

describe('failures', () => {
  it.each(FAILURES)('%s', async (expression, failure) => {
    await expect(trino.query(`select ${expression}`)).rejects.toThrow(`${failure.trino}: `);
  });
});

describe('refusals', () => {
  it.each(REFUSALS)('%s', async (sql, name, message) => {
    const error = await trino.query(sql).catch((thrown: unknown) => thrown);
    const text = error instanceof Error ? error.message : 'not refused';
    expect(text.replace(/\. Expect(ing|ed): .*/s, '')).toBe(`${name}: ${message}`);
  });
});
