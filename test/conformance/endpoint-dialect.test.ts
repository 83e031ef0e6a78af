import { InvalidRequestException } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useLocalStack } from '../../localstack/environment.ts';
import { EXPRESSIONS } from '../unit/dialect/expression-cases.ts';
import { QUERIES } from '../unit/dialect/query-cases.ts';
import { REFUSALS } from '../unit/dialect/refusal-cases.ts';
import { askAthena } from './endpoint/athena.ts';
import { BUCKET, type Store, startStore } from './store.ts';

/** Our Athena endpoint answers through its API what Trino answers: types and text of every value, and every error. */
let store: Store;

beforeAll(async () => {
  store = await startStore([]);
  useLocalStack(store.environment);
});

afterAll(() => store?.stop());

const ask = (sql: string) => askAthena(sql, { ResultConfiguration: { OutputLocation: `s3://${BUCKET}/results/` } });

type Answer = readonly (string | null | undefined)[];

/** Value and type of each expression: in one query, or where that fails in one of its own. */
async function answersTo(expressions: readonly string[]): Promise<readonly Answer[]> {
  const fields = expressions.map((expression) => `${expression}, typeof(${expression})`);
  try {
    const [row = []] = (await ask(`select ${fields.join(',\n')}`)).rows;
    return expressions.map((_, index) => [row[2 * index], row[2 * index + 1]]);
  } catch (error) {
    if (expressions.length === 1) return [[String(error)]];
    return (await Promise.all(expressions.map((one) => answersTo([one])))).flat();
  }
}

describe.each(EXPRESSIONS)('%s', (_, cases) => {
  let answers: readonly Answer[];
  beforeAll(async () => {
    answers = await answersTo(cases.map(([expression]) => expression));
  });

  it.each(cases.map(([expression, value, type], index) => ({ expression, value, type, index })))(
    '$expression is $value',
    ({ value, type, index }) => {
      const [answer, answerType] = answers[index] ?? [];
      expect(answer).toBe(value);
      if (type !== undefined) expect(answerType).toBe(type);
    },
  );
});

describe('queries', () => {
  it.each(QUERIES)('%s', async (_, sql, rows) => {
    expect((await ask(sql)).rows).toEqual(rows);
  });
});

describe('refusals', () => {
  it.each(REFUSALS)('%s', async (sql, name, message) => {
    const reason = await ask(sql).then(() => 'not refused', reasonIn);
    expect(reason.replace(/\. Expect(ing|ed): .*/s, '')).toBe(`${name}: ${message}`);
  });
});

/** Athena does not even start what it cannot parse. */
const reasonIn = (error: Error): string =>
  error instanceof InvalidRequestException ? `SYNTAX_ERROR: ${error.message}` : error.message;
