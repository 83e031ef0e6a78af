import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { qualityReport, type TableQuality } from '../../../cli/quality/quality.ts';
import { reportText, trendText } from '../../../cli/quality/report.ts';

import { AthenaOnDuckDb } from '../../fixtures/athena-on-duckdb.ts';

const athena = mockClient(AthenaClient);
const options = { workgroup: 'tributary', client: new AthenaClient({ region: 'us-east-1' }) };

const CHECKS = {
  model: 'varchar',
  run_id: 'varchar',
  is_of_build: 'boolean',
  check_id: 'varchar',
  rule: 'varchar',
  dimension: 'varchar',
  action: 'varchar',
  passed: 'boolean',
  failures: 'bigint',
  row_count: 'bigint',
  score: 'double',
  detail: 'varchar',
  sample: 'varchar',
};

type CheckRow = Partial<Record<keyof typeof CHECKS, string | undefined>>;

const passed: CheckRow = {
  model: 'gold.fact_sale',
  run_id: 'r1',
  is_of_build: 'true',
  check_id: 'not_null(sale_key)',
  rule: 'not_null',
  dimension: 'completeness',
  action: 'abort',
  passed: 'true',
  failures: '0',
  row_count: '10',
  score: '100.0',
};
const failed: CheckRow = {
  ...passed,
  check_id: 'not_null(store_key)',
  action: 'warn',
  passed: 'false',
  failures: '2',
  score: '80.0',
  sample: '[{"sale_key":"s1","customer_id":"***"}]',
};
const unique: CheckRow = { ...passed, check_id: 'unique(sale_key)', rule: 'unique', dimension: 'uniqueness' };

const result = (columns: Readonly<Record<string, string>>, rows: readonly (readonly (string | undefined)[])[]) => ({
  ResultSet: {
    ResultSetMetadata: { ColumnInfo: Object.entries(columns).map(([Name, Type]) => ({ Name, Type })) },
    Rows: [Object.keys(columns), ...rows].map((row) => ({
      Data: row.map((text) => (text === undefined ? {} : { VarCharValue: text })),
    })),
  },
});

function given(checks: readonly CheckRow[], scores: readonly string[] = []): void {
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'scores' });
  athena
    .on(StartQueryExecutionCommand)
    .callsFake(({ QueryString }) => ({ QueryExecutionId: QueryString.includes('check_id') ? 'checks' : 'scores' }));
  athena.on(GetQueryExecutionCommand).resolves({ QueryExecution: { Status: { State: 'SUCCEEDED' } } });
  const names = Object.keys(CHECKS) as (keyof typeof CHECKS)[];
  athena.on(GetQueryResultsCommand, { QueryExecutionId: 'checks' }).resolves(
    result(
      CHECKS,
      checks.map((check) => names.map((name) => check[name])),
    ),
  );
  athena.on(GetQueryResultsCommand, { QueryExecutionId: 'scores' }).resolves(
    result(
      { model: 'varchar', score: 'double' },
      scores.map((score) => ['gold.fact_sale', score]),
    ),
  );
}

async function onlyTable(): Promise<TableQuality> {
  const { tables } = await qualityReport('fact_sale', options);
  const [table] = tables;
  if (table === undefined || tables.length > 1) throw new Error('there is not one table');
  return table;
}

describe('quality', () => {
  beforeEach(() => athena.reset());

  it('averages the scores of a table and of its dimensions, and lists what failed, with what to do', async () => {
    given([passed, failed, unique], ['100.0', '90.0']);
    const table = await onlyTable();
    expect(table).toMatchObject({
      table: 'gold.fact_sale',
      runId: 'r1',
      rows: 10,
      checks: 3,
      trend: [100, 90],
      dimensions: { completeness: 90, uniqueness: 100 },
      failed: [
        {
          check: 'not_null(store_key)',
          dimension: 'completeness',
          action: 'warn',
          failures: 2,
          rows: 10,
          detail: null,
          sample: [{ sale_key: 's1', customer_id: '***' }],
          remedy: expect.stringContaining('source'),
        },
      ],
    });
    expect(table.score).toBeCloseTo(280 / 3);
  });

  it('sums up all tables', async () => {
    given([passed, failed, { ...passed, model: 'gold.dim_date', row_count: '5' }]);
    const report = await qualityReport(undefined, options);
    expect(report).toMatchObject({
      overallScore: 95,
      totalRecords: 15,
      recommendations: [expect.stringMatching(/^gold.fact_sale, not_null/)],
    });
    expect(report.dimensions.completeness).toBeCloseTo(280 / 3);
  });

  it('takes the rows and the run from the build, not from a later look at freshness', async () => {
    const stale = {
      ...failed,
      check_id: 'freshness(sold_at)',
      rule: 'freshness',
      dimension: 'timeliness',
      run_id: 'r9',
      is_of_build: 'false',
      row_count: '0',
      score: '0',
      detail: 'newest 2026-11-18',
      sample: undefined,
    };
    given([stale, passed]);
    expect(await onlyTable()).toMatchObject({
      runId: 'r1',
      rows: 10,
      score: 50,
      failed: [{ detail: 'newest 2026-11-18', sample: [] }],
    });
  });

  it('prints a line per table, then each failure with rows and remedy', async () => {
    given([passed, failed, unique, { ...passed, model: 'gold.dim_date' }], ['100.0', '93.33']);
    const text = reportText(await qualityReport(undefined, options));
    expect(text).toMatch(/gold.fact_sale +93.33 +█▃ ↓ +10 +3 +1 +completeness 90.00 \(below 95\), uniqueness 100.00/);
    expect(text).toContain('overall 96.67 of 100, 20 rows');
    expect(text).toContain('gold.fact_sale: not_null(store_key) (warn): 2 of 10 rows fail\n  e.g. {"sale_key":"s1"');
  });

  it('says so when a table has never been checked', async () => {
    given([]);
    await expect(qualityReport("o'brien", options)).rejects.toMatchObject({ code: 'no_checks' });
    const [start] = athena.commandCalls(StartQueryExecutionCommand);
    expect(start?.args[0].input.QueryString).toContain("'o''brien'");
  });
});

describe('the trend', () => {
  it.each([
    [[], ''],
    [[100], '█'],
    [[90, 95, 100], '▁▅█ ↑'],
    [[100, 100], '██ →'],
    [[100, 50], '█▁ ↓'],
    [[100, 99.999], '██ →'],
  ])('of %j', (scores, text) => expect(trendText(scores)).toBe(text));
});

describe('the statements of the quality report', () => {
  const CHECK_COLUMNS = ['run_id', 'model', 'check_id', 'rule', 'dimension', 'action', 'detail', 'sample'].map(
    (name) => `${name} varchar`,
  );
  let tables: AthenaOnDuckDb;

  beforeAll(async () => {
    tables = await AthenaOnDuckDb.open();
    await tables.table(
      'operations.builds',
      ['run_id varchar', 'model varchar', 'status varchar', 'score double'],
      `select * from (values
        ('r1', 'gold.a', 'built', 50.0::double), ('r2', 'gold.a', 'failed', 75.0), ('r3', 'gold.a', 'skipped', null),
        ('r4', 'gold.a', 'skipped', null), ('r5', 'gold.a', 'failed', null), ('r1', 'gold.b', 'built', 100.0)
      ) as t(run_id, model, status, score)`,
    );
    await tables.table(
      'operations.checks',
      [...CHECK_COLUMNS, 'passed boolean', 'failures bigint', 'row_count bigint', 'score double'],
      `select run_id, model, check_id, check_id as rule, 'validity' as dimension, 'warn' as action,
        null::varchar as detail, null::varchar as sample, score = 100 as passed, 0::bigint as failures, 7::bigint as row_count, score
      from (values
        ('r1', 'gold.a', 'gone', 0.0::double), ('r1', 'gold.a', 'unique', 50.0), ('r2', 'gold.a', 'unique', 75.0),
        ('r2', 'gold.a', 'freshness', 100.0), ('r3', 'gold.a', 'freshness', 100.0), ('r4', 'gold.a', 'freshness', 0.0),
        ('r1', 'gold.b', 'unique', 100.0)
      ) as t(run_id, model, check_id, score)`,
    );
  });

  afterAll(() => tables.close());

  it('take the checks of the last build that was checked, and what was found of freshness since', async () => {
    const { overallScore, tables: found } = await qualityReport(undefined, { workgroup: 'w', client: tables.client });
    expect(found).toMatchObject([
      {
        table: 'gold.a',
        runId: 'r2',
        score: 37.5,
        trend: [50, 75],
        checks: 2,
        failed: [{ check: 'freshness' }, { check: 'unique' }],
      },
      { table: 'gold.b', runId: 'r1', score: 100, trend: [100], checks: 1, failed: [] },
    ]);
    expect(overallScore).toBe(68.75);
  });

  it('take one table by its name', async () => {
    const { tables: found } = await qualityReport('b', { workgroup: 'w', client: tables.client });
    expect(found.map(({ table }) => table)).toEqual(['gold.b']);
  });
});
