import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPARK_PRELUDE, translate, typeName } from '../../engine/dialect/index.ts';
import { SPARK } from '../../engine/dialect/targets/spark/index.ts';
import type { TableResolver } from '../../engine/dialect/translate/context.ts';
import { fieldName, type SqlType } from '../../engine/dialect/types.ts';
import { EXPRESSIONS } from '../unit/dialect/expression-cases.ts';
import { FAILURES } from '../unit/dialect/failure-cases.ts';
import { QUERIES } from '../unit/dialect/query-cases.ts';
import { REFUSED_ON_SPARK } from '../unit/dialect/spark-refusal-cases.ts';
import { type Spark, SparkError, startSpark } from './spark.ts';
import { textRows } from './text.ts';

/** What the dialect's unit tests expect of DuckDB, and Trino itself answers, is what Spark answers. */
let spark: Spark;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-spark-dialect-'));
  spark = await startSpark({ directory, onProgress: console.info });
  for (const statement of SPARK_PRELUDE) await spark.query(statement);
});

afterAll(async () => {
  await spark?.stop();
});

const noTables: TableResolver = (reference, fail) => {
  throw fail('TABLE_NOT_FOUND', `Table '${reference.name.parts.join('.')}' does not exist`, reference.name.at);
};

const toSpark = (sql: string) => translate(sql, noTables, [], SPARK);

/** Rows as Athena shows them, by the types that the translation promises. */
async function rowsOf(sql: string): Promise<(string | null)[][]> {
  const { sql: text, columns } = toSpark(sql);
  const { rows } = await spark.query(text);
  const types = columns.map(({ type }) => type);
  return textRows({
    columns: columns.map(({ name, type }) => ({ name, type: named(type) })),
    rows: rows.map((row) => row.map((value, index) => inZone(value, types[index] ?? { kind: 'any' }))),
  });
}

/** Fields have names in Spark. */
const named = (type: SqlType): string =>
  type.kind === 'row'
    ? `row(${type.fields.map((field, index) => `${fieldName(field, index)} ${named(field.type)}`).join(', ')})`
    : type.kind === 'array'
      ? `array(${named(type.element)})`
      : typeName(type);

/** Spark shows six digits of a second, and instants in UTC; a type may have fewer, and another zone. */
function inZone(value: unknown, type: SqlType): unknown {
  if (type.kind === 'array' && Array.isArray(value)) return value.map((item) => inZone(item, type.element));
  if (type.kind !== 'timestamp' || typeof value !== 'string') return value;
  const { precision, zone } = type;
  const [utc = '', fraction = ''] = value.replace(' UTC', '').split('.');
  const digits = fraction.slice(0, precision);
  const seconds = zone === undefined || zone === 'UTC' ? utc : clockIn(zone, utc);
  return `${seconds}${digits === '' ? '' : `.${digits}`}${zone === undefined ? '' : ` ${zone}`}`;
}

function clockIn(zone: string, utc: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(new Date(`${utc.replace(' ', 'T')}Z`));
}

/** Doubles agree to nine digits: engines sum them and take roots in other orders. */
function agree(answer: string | null | undefined, expected: string | null | undefined, isDouble: boolean): boolean {
  const [a, b] = [Number(answer), Number(expected)];
  return isDouble && Number.isFinite(a) ? Math.abs(a - b) <= 1e-9 * Math.abs(b) : answer === expected;
}

/** A refusal names what to write instead. */
function refusalOf(sql: string): string {
  try {
    toSpark(sql);
    return 'not refused';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Answer {
  readonly text: string | null | undefined;
  readonly isDouble: boolean;
}

/** The value of each expression, in one query; where that fails, of each half. */
async function answersTo(expressions: readonly string[]): Promise<readonly Answer[]> {
  const sql = `select ${expressions.join(',\n')}`;
  try {
    const [row = []] = await rowsOf(sql);
    const { columns } = toSpark(sql);
    return expressions.map((_, index) => ({ text: row[index], isDouble: columns[index]?.type.kind === 'double' }));
  } catch (error) {
    if (expressions.length === 1) return [{ text: String(error), isDouble: false }];
    const middle = Math.ceil(expressions.length / 2);
    return [...(await answersTo(expressions.slice(0, middle))), ...(await answersTo(expressions.slice(middle)))];
  }
}

describe.each(EXPRESSIONS)('%s', (_, cases) => {
  let answers: readonly Answer[];
  beforeAll(async () => {
    answers = await answersTo(cases.map(([expression]) => expression));
  });

  it.each(cases.map(([expression, value], index) => ({ expression, value, index })))(
    '$expression is $value',
    ({ value, index }) => {
      const { text, isDouble } = answers[index] ?? { text: undefined, isDouble: false };
      if (!agree(text, value, isDouble)) expect(text).toBe(value);
    },
  );
});

describe('queries', () => {
  it.each(QUERIES.filter(([, sql]) => !REFUSED_ON_SPARK.has(sql)))('%s', async (_, sql, rows) => {
    expect(await rowsOf(sql)).toEqual(rows);
  });

  it.each(QUERIES.filter(([, sql]) => REFUSED_ON_SPARK.has(sql)))('%s is refused with an alternative', (_, sql) => {
    expect(refusalOf(sql)).toBe(REFUSED_ON_SPARK.get(sql));
  });
});

describe('failures', () => {
  it.each(FAILURES)('%s', async (expression, failure) => {
    const error = await spark.query(toSpark(`select ${expression}`).sql).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SparkError);
    expect(error).toMatchObject({ errorClass: failure.spark });
  });
});
