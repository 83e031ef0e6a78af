import { join } from 'node:path';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile, silverTables } from '../../../cli/quality/reconcile.ts';
import { compileProject } from '../../../engine/compile/index.ts';

const athena = mockClient(AthenaClient);
const options = { workgroup: 'tributary', client: new AthenaClient({ region: 'us-east-1' }) };
const manifest = await compileProject(join(import.meta.dirname, '../../..'));

const COUNTS = ['source', 'received', 'accepted', 'quarantined', 'duplicates', 'updated', 'created', 'delivered'];

/** What Athena answers, by a word of the statement. */
function givenResults(
  results: Readonly<Record<string, { columns: readonly string[]; rows: readonly string[][] }>>,
): void {
  athena.on(StartQueryExecutionCommand).callsFake(({ QueryString }: { QueryString: string }) => ({
    QueryExecutionId: Object.keys(results).find((word) => QueryString.includes(word)),
  }));
  athena.on(GetQueryExecutionCommand).resolves({ QueryExecution: { Status: { State: 'SUCCEEDED' } } });
  athena.on(GetQueryResultsCommand).callsFake(({ QueryExecutionId }: { QueryExecutionId: string }) => {
    const { columns = [], rows = [] } = results[QueryExecutionId] ?? {};
    const type = (name: string) => (['source', 'name', 'model'].includes(name) ? 'varchar' : 'bigint');
    return {
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: columns.map((Name) => ({ Name, Type: type(Name) })) },
        Rows: [columns, ...rows].map((row) => ({ Data: row.map((VarCharValue) => ({ VarCharValue })) })),
      },
    };
  });
}

const given = (counts: string[], silverRows: string, setAside: string): void =>
  givenResults({
    intake_ledger: { columns: COUNTS, rows: [counts] },
    'count(*)': { columns: ['name', 'found'], rows: [['silver.coupon_redemptions', silverRows]] },
    'operations.checks': { columns: ['model', 'failures'], rows: [['silver.coupon_redemptions', setAside]] },
  });

describe('reconcile', () => {
  beforeEach(() => athena.reset());

  it('finds nothing where everything received is somewhere', async () => {
    given(['coupon_redemptions', '10', '9', '1', '2', '1', '6', '12'], '6', '0');
    const [found] = await reconcile(manifest, undefined, options);
    expect(found).toMatchObject({
      source: 'coupon_redemptions',
      silver: { table: 'silver.coupon_redemptions', rows: 6 },
      differences: [],
    });
  });

  it.each([
    ['rows that silver lacks', ['10', '9', '1', '2', '1', '6', '10'], '5', '0', 'lacks 1 rows'],
    ['rows that silver has too many', ['10', '9', '1', '2', '1', '6', '10'], '7', '0', 'has 1 rows too many'],
    ['records that no entry tells of', ['10', '9', '1', '2', '1', '6', '8'], '6', '0', '2 records are in no entry'],
    ['counts that do not add up', ['10', '9', '0', '2', '1', '6', '10'], '6', '0', 'accepted + quarantined'],
  ])('names %s', async (_, counts, rows, setAside, difference) => {
    given(['coupon_redemptions', ...counts], rows, setAside);
    const [found] = await reconcile(manifest, 'coupon_redemptions', options);
    expect(found?.differences).toEqual([expect.stringContaining(difference)]);
  });

  it('takes rows that checks have set aside for what they are', async () => {
    given(['coupon_redemptions', '10', '9', '1', '2', '1', '6', '10'], '5', '1');
    expect((await reconcile(manifest, undefined, options))[0]?.differences).toEqual([]);
  });

  it('knows which silver tables have the grain of their sources, with versions or without', () => {
    const tables = silverTables(manifest);
    expect(tables).toContainEqual({
      table: 'silver.coupon_redemptions',
      sources: ['coupon_redemptions'],
      holds: 'entities',
    });
    expect(tables).toContainEqual({ table: 'silver.products', sources: ['erp_products'], holds: 'versions' });
    expect(tables.map(({ table }) => table)).not.toContain('silver.order_lines');
  });
});
