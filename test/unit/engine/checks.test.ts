import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejudge } from '../../../engine/build/audit.ts';
import { remember } from '../../../engine/checks/history.ts';
import type { CheckResult } from '../../../engine/run.ts';
import { AS_OF, AuditBench, type AuditCase, historyOf } from '../../fixtures/audit.ts';
import { type BuildLake, buildLake } from '../../fixtures/build-lake.ts';
import { compileSketch, compileSketches, type ModelSketch } from '../../fixtures/models.ts';

/** Five sales: one without customer, two of one id, amounts from -1.00 to 20.00. */
const ROWS = `select * from (values
  ('s1', 'C-1', 1::integer, 10.00::decimal(18,2), timestamp '2026-11-20 23:00:00'),
  ('s2', 'C-2', 2, 20.00, timestamp '2026-11-19 10:00:00'),
  ('s2', 'C-3', 2, 20.00, timestamp '2026-11-19 10:00:00'),
  ('s4', null, 3, -1.00, timestamp '2026-11-18 10:00:00'),
  ('s5', 'x', null, 0.01, timestamp '2026-11-17 10:00:00')
) as t(sale_id, customer_id, quantity, amount, sold_at)`;
const NO_ROWS = `${ROWS} where false`;
const NULLS =
  'select null::varchar as sale_id, null::varchar as customer_id, null::integer as quantity, null::decimal(18,2) as amount, null::timestamp as sold_at from range(4)';

const COLUMNS = [
  'sale_id varchar',
  'customer_id varchar',
  'quantity integer',
  'amount decimal(18,2)',
  'sold_at timestamp',
];

const other: ModelSketch = {
  path: 'sql/silver/other.sql',
  columns: ['sale_id varchar', 'amount decimal(18,2)'],
  sql: "select sale_id, amount from bronze.sales where sale_id <> 's5'",
};

let bench: AuditBench;

beforeAll(async () => {
  bench = await AuditBench.open();
});

afterAll(() => bench.close());

const resultOf = (check: string, column?: string, further: Partial<AuditCase> = {}): Promise<CheckResult> =>
  bench.resultOf({
    columns: COLUMNS,
    rows: ROWS,
    check,
    ...(column === undefined ? {} : { column }),
    others: [{ sketch: other, rows: `select sale_id, amount from (${ROWS}) where sale_id <> 's5'` }],
    ...further,
  });

describe('rules that judge rows', () => {
  it.each<[string, string, number, readonly string[]]>([
    ['not_null', 'customer_id', 1, ['s4']],
    ['not_null', 'sale_id', 0, []],
    ['unique', 'sale_id', 1, ['s2', 's2']],
    ['unique', 'customer_id', 0, []],
    ['{accepted_values: {values: [C-1, C-2, x]}}', 'customer_id', 1, ['s2']],
    ['{accepted_values: {values: [1, 2]}}', 'quantity', 1, ['s4']],
    ['{range: {min: 0}}', 'amount', 1, ['s4']],
    ['{range: {min: 0, max: 10}}', 'amount', 3, ['s2', 's2', 's4']],
    ['{range: {min: -1, max: 20}}', 'amount', 0, []],
    ["{range: {max: '2026-11-20'}}", 'sold_at', 1, ['s1']],
    ["{regex: {pattern: '^C-[0-9]$'}}", 'customer_id', 1, ['s5']],
    ['{string_length: {min: 2}}', 'customer_id', 1, ['s5']],
    ['{string_length: {max: 2}}', 'customer_id', 3, ['s1', 's2', 's2']],
    ['{string_length: {min: 1, max: 3}}', 'customer_id', 0, []],
    ['{relationships: {to: silver.other, column: sale_id}}', 'sale_id', 1, ['s5']],
    ['{relationships: {to: silver.other, column: sale_id, grace: {column: sold_at, hours: 85}}}', 'sale_id', 0, []],
    ['{relationships: {to: silver.other, column: sale_id, grace: {column: sold_at, hours: 84}}}', 'sale_id', 1, ['s5']],
  ])('%s of %s finds %i failures', async (check, column, failures, sample) => {
    const result = await resultOf(check, column);
    expect(result).toMatchObject({ failures, passed: failures === 0, rows: 5, score: 100 - failures * 20 });
    expect(result.sample.map(({ sale_id }) => sale_id).sort()).toEqual(sample);
  });

  it.each([
    'unique',
    '{string_length: {min: 2}}',
    "{regex: {pattern: 'x'}}",
    '{accepted_values: {values: [a]}}',
    '{relationships: {to: silver.other, column: sale_id}}',
  ])('%s leaves missing values to not_null, and passes an empty table', async (check) => {
    expect(await resultOf(check, 'sale_id', { rows: NULLS })).toMatchObject({ passed: true, rows: 4, score: 100 });
    expect(await resultOf(check, 'sale_id', { rows: NO_ROWS })).toMatchObject({ passed: true, rows: 0, score: 100 });
  });

  it.each([
    ['{not_null: {tolerate: 0.2}}', 'customer_id', true],
    ['{not_null: {tolerate: 0.19}}', 'customer_id', false],
    ['{unique: {tolerate: 0.2}}', 'sale_id', true],
    ['{unique: {tolerate: 0.05}}', 'sale_id', false],
  ])('%s of %s fails above the share that is tolerated, and scores what fails', async (check, column, passed) => {
    expect(await resultOf(check, column)).toMatchObject({
      failures: 1,
      passed,
      score: 80,
      detail: expect.stringMatching(/^1 of 5 rows fail; (20|19|5) % may$/),
    });
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

  it.each([
    ['{mean: {min: 9.8, max: 9.81}}', true],
    ['{mean: {min: 9.81}}', false],
    ['{mean: {max: 9.8}}', false],
  ])('%s', async (check, passed) => {
    expect(await resultOf(check, 'amount')).toMatchObject({ passed });
    expect(await resultOf(check, 'amount', { rows: NULLS })).toMatchObject({
      passed: true,
      detail: 'there is no value',
    });
  });
});

describe('freshness', () => {
  it.each([
    ['2026-11-20', 1, true],
    ['2026-11-21', 1, true],
    ['2026-11-22', 24, false],
    ['2026-11-22', 25, true],
  ])('on %s allows %i hours: %s', async (asOf, hours, passed) => {
    const result = await resultOf(`freshness: {column: sold_at, hours: ${hours}}`, undefined, { asOf });
    expect(result).toMatchObject({ passed, dimension: 'timeliness' });
    expect(result.detail).toContain('newest 2026-11-20 23:00');
  });

  it('allows a day unless told otherwise', async () => {
    expect(await resultOf('freshness: {column: sold_at}', undefined, { asOf: '2026-11-22' })).toMatchObject({
      passed: false,
    });
    expect(await resultOf('freshness: {column: sold_at}')).toMatchObject({ passed: true });
  });

  it.each([NO_ROWS, NULLS])('finds a table without a time stale', async (rows) => {
    expect(await resultOf('freshness: {column: sold_at, hours: 1000}', undefined, { rows })).toMatchObject({
      passed: false,
      score: 0,
      detail: 'there is no value',
    });
  });

  it('makes no build depend on the logical date', () => {
    const model = compileSketch({
      columns: ['sold_at timestamp'],
      sql: 'select sold_at from bronze.sales',
      header: 'checks:\n  - freshness: {column: sold_at}',
    });
    expect(model.usesLogicalDate).toBe(false);
  });

  it('is judged anew on a later date, by what was measured when the table was built', async () => {
    const model = compileSketch({
      columns: ['sold_at timestamp'],
      sql: 'select sold_at from bronze.sales',
      header: 'checks:\n  - row_count: {min: 1}\n  - freshness: {column: sold_at, hours: 48}',
    });
    const built = await resultOf('freshness: {column: sold_at, hours: 48}');
    const history = remember([], AS_OF, [built]);
    expect(rejudge(model, history, '2026-11-22')).toMatchObject([
      { check: 'freshness(sold_at)', passed: true, score: 100 },
    ]);
    expect(rejudge(model, history, '2026-11-23')).toMatchObject([
      { check: 'freshness(sold_at)', passed: false, score: 0 },
    ]);
    expect(rejudge(model, [], '2026-11-23')).toEqual([]);
  });
});

describe('row_count', () => {
  it('asks for what the environment expects, where that is more', async () => {
    const rowMinima = { 'silver.sales': 6 };
    expect(await resultOf('row_count: {min: 1}', undefined, { standard: { rowMinima } })).toMatchObject({
      passed: false,
      detail: '5 rows; at least 6',
    });
    expect(
      await resultOf('row_count: {min: 5}', undefined, { standard: { rowMinima: { 'silver.sales': 2 } } }),
    ).toMatchObject({ passed: true });
    expect(await resultOf('row_count: {min: 1}', undefined, { rows: NO_ROWS })).toMatchObject({ passed: false });
  });
});

const volume = (...rows: number[]) => ({
  standard: { history: historyOf('volume_anomaly', ...rows.map((n) => ({ rows: n }))) },
});

describe('volume_anomaly', () => {
  it.each<[string, number[], boolean]>([
    ['like the days before', [5, 5, 5, 5, 5], true],
    ['a tenth away from days that were all the same', [5.5, 5.5, 5.5, 5.5, 5.5], true],
    ['half of what it was', [10, 10, 10, 10, 10], false],
    ['more than ever', [2, 2, 2, 2, 2], false],
    ['within the spread of the days before', [3, 4, 5, 6, 7], true],
    ['after one odd day among many', [5, 5, 500, 5, 5], true],
    ['beside days that were all odd', [500, 490, 510, 505, 495], false],
    ['while history is short', [500, 500, 500, 500], true],
  ])('%s', async (_name, history, passed) => {
    expect(await resultOf('volume_anomaly: {}', undefined, volume(...history))).toMatchObject({
      passed,
      measures: { rows: 5 },
    });
  });

  it('says what it was held against', async () => {
    const result = await resultOf('volume_anomaly: {action: warn}', undefined, volume(10, 10, 11, 9, 10));
    expect(result).toMatchObject({
      passed: false,
      action: 'warn',
      detail: 'rows 5; median of 5 versions 10 (no deviation so far)',
    });
    expect((await resultOf('volume_anomaly: {}', undefined, volume(9, 10))).detail).toBe(
      'not judged yet: 2 of 5 earlier versions',
    );
  });

  it('notes an empty table', async () => {
    const further = { rows: NO_ROWS, ...volume(5, 5, 6, 5, 4) };
    expect(await resultOf('volume_anomaly: {}', undefined, further)).toMatchObject({ passed: false });
  });

  it('looks at earlier dates only, so that a repeated build is judged as the first one was', async () => {
    const further = { ...volume(500, 500, 500, 500, 500), asOf: '2026-10-01' };
    expect(await resultOf('volume_anomaly: {}', undefined, further)).toMatchObject({ passed: true });
  });
});

describe('distribution_anomaly', () => {
  const earlier = (statistic: string, part: number, whole: number, column: string) => ({
    standard: {
      history: historyOf(
        `distribution_anomaly(${column} ${statistic})`,
        ...Array.from({ length: 6 }, () => ({ part, whole })),
      ),
    },
  });

  it.each<[string, string, number, number, boolean]>([
    ['null_share', 'customer_id', 1, 10, true],
    ['null_share', 'customer_id', 0, 10, false],
    ['distinct_share', 'sale_id', 8, 10, true],
    ['distinct_share', 'sale_id', 1, 10, false],
    ['mean', 'amount', 100, 10, true],
    ['mean', 'amount', 1000, 10, false],
  ])('%s of %s beside %f in %f', async (statistic, column, part, whole, passed) => {
    const check = `{distribution_anomaly: {statistic: ${statistic}}}`;
    expect(await resultOf(check, column, earlier(statistic, part, whole, column))).toMatchObject({
      passed,
      failures: passed ? 0 : 1,
    });
  });

  it('notes that there is nothing left to tell from', async () => {
    const check = '{distribution_anomaly: {statistic: mean}}';
    expect(await resultOf(check, 'amount', { rows: NO_ROWS })).toMatchObject({ passed: true });
    expect(await resultOf(check, 'amount', { rows: NULLS, ...earlier('mean', 100, 10, 'amount') })).toMatchObject({
      passed: false,
    });
  });
});

describe('frequency_anomaly', () => {
  const values = '{frequency_anomaly: {values: [1, 2]}}';
  const earlier = (...measures: CheckResult['measures'][]) => ({
    standard: { history: historyOf('frequency_anomaly(quantity)', ...measures) },
  });
  const same = { n0: 20, n1: 40, n2: 40 };

  it('counts each class, and the rest as one more', async () => {
    expect((await resultOf(values, 'quantity')).measures).toEqual({ n0: 1, n1: 2, n2: 2 });
    expect((await resultOf('{frequency_anomaly: {edges: [0, 10, 20.5]}}', 'amount')).measures).toEqual({
      n0: 1,
      n1: 3,
      n2: 1,
    });
  });

  it('passes shares like the mean of the versions before', async () => {
    expect(await resultOf(values, 'quantity', earlier(same, same, same, same, same))).toMatchObject({ passed: true });
    expect(await resultOf(values, 'quantity', earlier(same))).toMatchObject({ passed: true });
  });

  it('fails shares that have moved, and says which most', async () => {
    const moved = { n0: 90, n1: 5, n2: 5 };
    const result = await resultOf(values, 'quantity', earlier(moved, moved, moved, moved, moved));
    expect(result.passed).toBe(false);
    expect(result.detail).toContain('1 20.0 %, before 90.0 %');
  });

  it('notes an empty table after full ones', async () => {
    const further = { rows: NO_ROWS, ...earlier(same, same, same, same, same) };
    expect(await resultOf(values, 'quantity', further)).toMatchObject({ passed: false });
    expect(await resultOf(values, 'quantity', { rows: NO_ROWS })).toMatchObject({ passed: true });
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
  let lake: BuildLake;

  beforeAll(async () => {
    lake = await buildLake();
    await lake.putSource('sales', 'ingest_date=2026-11-20/rows.parquet', ROWS);
  });

  afterAll(() => lake.close());

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
