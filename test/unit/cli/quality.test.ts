import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { tableQuality } from '../../../cli/quality/quality.ts';

const athena = mockClient(AthenaClient);
const options = { workgroup: 'tributary', client: new AthenaClient({ region: 'us-east-1' }) };

const COLUMNS = {
  model: 'varchar',
  run_id: 'varchar',
  check_id: 'varchar',
  dimension: 'varchar',
  action: 'varchar',
  passed: 'boolean',
  failures: 'bigint',
  row_count: 'bigint',
  score: 'double',
};

function givenChecks(...rows: string[][]): void {
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q' });
  athena.on(GetQueryExecutionCommand).resolves({ QueryExecution: { Status: { State: 'SUCCEEDED' } } });
  athena.on(GetQueryResultsCommand).resolves({
    ResultSet: {
      ResultSetMetadata: { ColumnInfo: Object.entries(COLUMNS).map(([Name, Type]) => ({ Name, Type })) },
      Rows: [Object.keys(COLUMNS), ...rows].map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })),
    },
  });
}

describe('quality', () => {
  beforeEach(() => athena.reset());

  it('averages the scores of a table and of its dimensions, and lists what failed', async () => {
    givenChecks(
      ['gold.fact_sale', 'r1', 'not_null(sale_key)', 'completeness', 'abort', 'true', '0', '10', '100.0'],
      ['gold.fact_sale', 'r1', 'not_null(store_key)', 'completeness', 'warn', 'false', '2', '10', '80.0'],
      ['gold.fact_sale', 'r1', 'unique(sale_key)', 'uniqueness', 'abort', 'true', '0', '10', '100.0'],
    );
    const [quality, ...others] = await tableQuality('fact_sale', options);
    expect(others).toEqual([]);
    expect(quality).toMatchObject({
      table: 'gold.fact_sale',
      runId: 'r1',
      checks: 3,
      dimensions: { completeness: 90, uniqueness: 100 },
      failed: [{ check: 'not_null(store_key)', dimension: 'completeness', action: 'warn', failures: 2, rows: 10 }],
    });
    expect(quality?.score).toBeCloseTo(280 / 3);
  });

  it('says so when a table has never been checked', async () => {
    givenChecks();
    await expect(tableQuality("o'brien", options)).rejects.toMatchObject({ code: 'no_checks' });
    const [start] = athena.commandCalls(StartQueryExecutionCommand);
    expect(start?.args[0].input.QueryString).toContain("'o''brien'");
  });
});
