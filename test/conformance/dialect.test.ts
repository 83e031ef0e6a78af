import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTypeName } from '../../engine/dialect/index.ts';
import { fieldName, type SqlType } from '../../engine/dialect/types.ts';
import { javaText } from '../../localstack/athena/results/text.ts';
import { EXPRESSIONS } from '../unit/dialect/expression-cases.ts';
import { QUERIES } from '../unit/dialect/query-cases.ts';
import { REFUSALS } from '../unit/dialect/refusal-cases.ts';
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

async function rowsOf(sql: string): Promise<(string | null)[][]> {
  const { columns, rows } = await trino.query(sql);
  const types = columns.map(({ type }) => parseTypeName(type));
  return rows.map((row) => row.map((value, index) => textOf(value, types[index] ?? { kind: 'any' })));
}

/** A value of Trino's protocol as Athena shows it. */
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

describe('refusals', () => {
  it.each(REFUSALS)('%s', async (sql, name, message) => {
    const error = await trino.query(sql).catch((thrown: unknown) => thrown);
    const text = error instanceof Error ? error.message : 'not refused';
    expect(text.replace(/\. Expect(ing|ed): .*/s, '')).toBe(`${name}: ${message}`);
  });
});
