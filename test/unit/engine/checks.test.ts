import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { averageScore, scoreOf } from '../../../engine/checks/score.ts';
import type { CheckResult } from '../../../engine/run.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketch, compileSketches, type ModelSketch } from '../../fixtures/models.ts';

/** Five sales: one without customer, two of one id, amounts from -1.00 to 20.00. */
const ROWS = `select * from (values
  ('s1', 'C-1', 1::integer, 10.00::decimal(18,2), timestamp '2026-11-20 23:00:00', ['a']),
  ('s2', 'C-2', 2, 20.00, timestamp '2026-11-19 10:00:00', ['a']),
  ('s2', 'C-3', 2, 20.00, timestamp '2026-11-19 10:00:00', ['b']),
  ('s4', null, 3, -1.00, timestamp '2026-11-18 10:00:00', []),
  ('s5', 'x', null, 0.01, timestamp '2026-11-17 10:00:00', [])
) as t(sale_id, customer_id, quantity, amount, sold_at, tags)`;

const COLUMNS = {
  sale_id: 'varchar',
  customer_id: 'varchar',
  quantity: 'integer',
  amount: 'decimal(18,2)',
  sold_at: 'timestamp',
} as const;

const other: ModelSketch = {
  path: 'sql/silver/other.sql',
  columns: ['sale_id varchar', 'amount decimal(18,2)'],
  sql: "select sale_id, amount from bronze.sales where sale_id <> 's5'",
};

let lake: BuildLake;

beforeAll(async () => {
  lake = await buildLake();
  await lake.putSource('sales', 'ingest_date=2026-11-20/rows.parquet', ROWS);
});

afterAll(() => lake.close());

/** The result of one check on the five sales: below a column, or in the table's list where no column is given. */
async function resultOf(check: string, column?: keyof typeof COLUMNS): Promise<CheckResult> {
  const columns = Object.entries(COLUMNS).map(
    ([name, type]) => `${name} ${type}${name === column ? ` {checks: [${check}]}` : ''}`,
  );
  const manifest = compileSketches(other, {
    columns,
    sql: `select ${Object.keys(COLUMNS).join(', ')} from bronze.sales`,
    ...(column === undefined ? { header: `checks:\n  - ${check}` } : {}),
  });
  const outcomes = await lake.run(manifest, { asOf: '2026-11-21' });
  const result = outcomes['silver.sales']?.checks[0];
  if (result === undefined) throw new Error(outcomes['silver.sales']?.reason);
  return result;
}

describe('rules below a column', () => {
  it.each<[string, keyof typeof COLUMNS, number, readonly string[]]>([
    ['not_null', 'customer_id', 1, ['s4']],
    ['not_null', 'sale_id', 0, []],
    ['unique', 'sale_id', 1, ['s2', 's2']],
    ['unique', 'customer_id', 0, []],
    ['{accepted_values: {values: [C-1, C-2, x]}}', 'customer_id', 1, ['s2']],
    ['{accepted_values: {values: [1, 2]}}', 'quantity', 1, ['s4']],
    ['{range: {min: 0}}', 'amount', 1, ['s4']],
    ['{range: {min: 0, max: 10}}', 'amount', 3, ['s2', 's2', 's4']],
    ["{range: {max: '2026-11-20'}}", 'sold_at', 1, ['s1']],
    ["{regex: {pattern: '^C-[0-9]$'}}", 'customer_id', 1, ['s5']],
    ['{relationships: {to: silver.other, column: sale_id}}', 'sale_id', 1, ['s5']],
  ])('%s of %s finds %i failures', async (check, column, failures, sample) => {
    const result = await resultOf(check, column);
    expect(result).toMatchObject({ failures, passed: failures === 0, rows: 5, score: 100 - failures * 20 });
    expect(result.sample.map(({ sale_id }) => sale_id).sort()).toEqual(sample);
  });
});

describe('rules of a table', () => {
  it.each<[string, number, number]>([
    ['unique: {columns: [sale_id, customer_id]}', 0, 100],
    ['unique: {columns: [sale_id, quantity]}', 1, 80],
    ['row_count: {min: 5, max: 5}', 0, 100],
    ['row_count: {min: 6}', 1, 0],
    ['row_count: {max: 4}', 1, 0],
    ['freshness: {column: sold_at, hours: 1}', 0, 100],
    ['freshness: {column: sold_at, hours: 1, action: warn}', 0, 100],
    ['sum_equals: {column: amount, to: silver.other, to_column: amount}', 1, 0],
    ['sum_equals: {column: amount, to: silver.other, to_column: amount, tolerance: 0.01}', 0, 100],
    ["satisfies: {name: odd_or_dear, condition: 'mod(quantity, 2) = 1 or amount > 15 -- both is fine'}", 0, 100],
    ["satisfies: {name: cheap, condition: 'amount < 15'}", 2, 60],
    ["sql: {name: odd, query: 'select sale_id from silver.sales where amount > 15'}", 2, 60],
  ])('%s finds %i failures', async (check, failures, score) => {
    expect(await resultOf(check)).toMatchObject({ failures, passed: failures === 0, score });
  });

  it('find an empty table stale', async () => {
    const manifest = compileSketches({
      columns: ['sold_at timestamp'],
      sql: "select sold_at from bronze.sales where sale_id = 'none'",
      header: 'checks:\n  - freshness: {column: sold_at, hours: 1000}',
    });
    const outcomes = await lake.run(manifest);
    expect(outcomes['silver.sales']?.checks[0]).toMatchObject({ passed: false, score: 0 });
  });
});

describe('the SQL of checks', () => {
  it('bears comments in the last line of a view and of a custom query', () => {
    const query = 'select sale_id from marts.noted -- all of them';
    const view: ModelSketch = {
      path: 'sql/marts/noted.sql',
      kind: 'view',
      columns: ['sale_id varchar {checks: [not_null]}'],
      header: `checks:\n  - sql: {name: none, query: '${query}'}`,
      sql: 'select sale_id from silver.other -- as they are',
    };
    const audit = compileSketches(other, view).models.at(-1)?.audit;
    expect(audit?.checks.map(({ rule }) => rule)).toEqual(['not_null', 'sql']);
  });
});

describe('samples of failing rows', () => {
  it('mask classified columns, and say whether there is a value', async () => {
    const manifest = compileSketches({
      columns: [
        'sale_id varchar',
        'customer_id varchar {classification: personal}',
        'amount decimal(18,2) {classification: sensitive, checks: [{range: {min: 5}}]}',
      ],
      sql: 'select sale_id, customer_id, amount from bronze.sales',
    });
    const { 'silver.sales': record } = await lake.run(manifest);
    expect(record?.checks[0]?.sample).toEqual(
      expect.arrayContaining([
        { sale_id: 's4', customer_id: null, amount: '***' },
        { sale_id: 's5', customer_id: '***', amount: '***' },
      ]),
    );
  });

  it('mask what a custom query derives from classified columns', () => {
    const { audit } = compileSketch({
      columns: ['sale_id varchar', 'customer_id varchar {classification: personal}'],
      sql: 'select sale_id, customer_id from bronze.sales',
      header:
        "checks:\n  - sql: {name: odd, query: 'select sale_id, upper(customer_id) as who from silver.sales where sale_id is null'}",
    });
    expect(audit.samples[0]?.athena).toContain("select sale_id, case when who is null then null else '***' end as who");
  });

  it('show five rows at most', async () => {
    const manifest = compileSketches({
      columns: ['n integer {checks: [{range: {max: 0}}]}'],
      sql: 'select t.n from bronze.sales cross join unnest(sequence(1, 10)) as t(n)'.replace(
        't.n',
        'cast(t.n as integer) as n',
      ),
    });
    const { 'silver.sales': record } = await lake.run(manifest);
    expect(record?.checks[0]).toMatchObject({ failures: 50, score: 0 });
    expect(record?.checks[0]?.sample).toHaveLength(5);
  });
});

describe('scores', () => {
  it.each([
    [0, 0, true, 100],
    [0, 10, true, 100],
    [1, 10, true, 90],
    [20, 10, true, 0],
    [1, 10, false, 0],
    [1, 0, true, 0],
  ])('of %i failures in %i rows', (failures, rows, judgesRows, score) => {
    expect(scoreOf(failures, rows, judgesRows)).toBe(score);
  });

  it('of a table are means', () => {
    expect(averageScore([{ score: 100 }, { score: 50 }, { score: 0 }])).toBe(50);
    expect(averageScore([])).toBe(100);
  });
});
