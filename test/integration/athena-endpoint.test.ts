import {
  BatchGetQueryExecutionCommand,
  CreatePreparedStatementCommand,
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  ListDatabasesCommand,
  ListQueryExecutionsCommand,
  ListTableMetadataCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { athena, s3 } from '../../common/aws.ts';
import { parseS3Uri } from '../../common/s3-uri.ts';
import { ended, execute, reasonOf, rowsOf, type Started } from './athena/client.ts';
import { type Lake, makeLake } from './athena/lake.ts';

let lake: Lake;
let options: Started;

beforeAll(async () => {
  lake = await makeLake();
  options = {
    QueryExecutionContext: { Database: lake.database, Catalog: 'AwsDataCatalog' },
    ResultConfiguration: { OutputLocation: `s3://${lake.bucket}/results/` },
  };
});

afterAll(async () => {
  await lake.drop();
});

const rows = (sql: string) => rowsOf(sql, options);

describe('tables', () => {
  it('reads Iceberg tables, with the digits of their timestamps', async () => {
    expect(await rows('select id, amount, sold_at from sales order by id')).toEqual([
      ['1', '10.50', '2024-01-01 00:00:00.000001'],
      ['2', '20.25', '2024-01-02 00:00:00.000000'],
    ]);
  });

  it('travels in time by version and by moment', async () => {
    const [first, second] = lake.versions;
    expect(await rows(`select count(*) from sales for version as of ${first}`)).toEqual([['1']]);
    expect(await rows(`select count(*) from sales for version as of ${second}`)).toEqual([['2']]);
    const moment = lake.between.toISOString().replace('T', ' ').replace('Z', '');
    expect(await rows(`select count(*) from sales for timestamp as of timestamp '${moment} UTC'`)).toEqual([['1']]);
    expect(await rows(`select count(*) from sales for timestamp as of current_timestamp`)).toEqual([['2']]);
    const unknown = await reasonOf('select * from sales for version as of 1', options);
    expect(unknown).toContain('ICEBERG_INVALID_SNAPSHOT_ID');
  });

  it('lists the versions of an Iceberg table', async () => {
    const found = await rows(
      'select cast(snapshot_id as varchar), operation from "sales$snapshots" order by committed_at',
    );
    expect(found).toEqual(lake.versions.map((id) => [id, 'append']));
  });

  it('reads only the partitions that a projection projects', async () => {
    expect(await rows('select id, amount, seen_at, day, hour, region from events order by id')).toEqual([
      ['e1', '1.50', '2024-01-01 07:30:00.123', '2024-01-01', '07', 'eu'],
      ['e2', '2.25', null, '2024-01-02', '08', 'us'],
    ]);
    expect(await rows("select id from events where day = '2024-01-02'")).toEqual([['e2']]);
  });

  it('reads registered partitions wherever they lie', async () => {
    expect(await rows(`select day, value from readings where day > date '2024-01-01'`)).toEqual([['2024-01-02', '2']]);
  });

  it('reads JSON lines, nested values among them', async () => {
    expect(await rows('select name, tags, place, place.city from devices order by name')).toEqual([
      ['a', '[x, y]', '{city=Ulm}', 'Ulm'],
      ['b', null, null, null],
    ]);
  });

  it('finds names in any case, quoted, with a database and with the catalog', async () => {
    const names = ['SALES', '"sales"', `${lake.database}.Sales`, `"AwsDataCatalog"."${lake.database}"."sales"`];
    for (const name of names) expect(await rows(`select count(*) from ${name}`)).toEqual([['2']]);
    expect(await rows('with sales as (select 7 as id) select id from sales')).toEqual([['7']]);
  });

  it('joins tables of different kinds', async () => {
    const sql = `select sales.id, devices.name from sales join devices on sales.id = cardinality(devices.tags)`;
    expect(await rows(sql)).toEqual([['2', 'a']]);
  });
});

describe('views', () => {
  it('creates, replaces, nests, shows and drops them', async () => {
    await rows('create view totals as select sum(amount) as total from sales');
    await rows("create or replace view doubled as select total * 2 as twice, date '2024-01-01' as day from totals");
    expect(await rows('select * from doubled')).toEqual([['61.50', '2024-01-01']]);
    expect(await rows('show views')).toEqual([['doubled'], ['totals']]);
    expect((await rows('show create view totals')).at(-1)).toEqual(['select sum(amount) as total from sales']);
    expect(await rows('describe doubled')).toEqual([
      ['twice', 'decimal(38,2)', ''],
      ['day', 'date', ''],
    ]);
    expect(await reasonOf('create view totals as select 1 as one', options)).toContain('TABLE_ALREADY_EXISTS');
    await rows('drop view doubled');
    await rows('drop view if exists doubled');
    await rows('drop view totals');
    expect(await rows('show views')).toEqual([]);
  });

  it('says which view does not fit its tables any more', async () => {
    await rows('create view base as select id from sales');
    await rows('create view upper_view as select id from base');
    await rows('drop view base');
    expect(await reasonOf('select * from upper_view', options)).toBe(
      `INVALID_VIEW: line 1:15: Failed analyzing stored view 'awsdatacatalog.${lake.database}.upper_view': line 1:16: Table 'awsdatacatalog.${lake.database}.base' does not exist`,
    );
    await rows('drop view upper_view');
  });
});

describe('statements about the catalog', () => {
  it('shows databases, tables, columns and partitions', async () => {
    expect(await rows(`show databases like '${lake.database}'`)).toEqual([[lake.database]]);
    expect(await rows('show tables')).toEqual([['devices'], ['events'], ['readings'], ['sales']]);
    expect(await rows(`show tables in ${lake.database} 's*|e*'`)).toEqual([['events'], ['sales']]);
    expect(await rows('show columns in sales')).toEqual([['id'], ['amount'], ['sold_at']]);
    expect(await rows('show partitions readings')).toEqual([['day=2024-01-01'], ['day=2024-01-02']]);
    expect((await rows('show create table `devices`'))[0]).toEqual([
      `CREATE EXTERNAL TABLE \`${lake.database}.devices\`(`,
    ]);
  });

  it('answers information_schema', async () => {
    const sql = `select table_name from information_schema.tables where table_schema = '${lake.database}' order by 1`;
    expect(await rows(sql)).toEqual([['devices'], ['events'], ['readings'], ['sales']]);
    const columns = `select column_name, data_type, ordinal_position from information_schema.columns
      where table_schema = '${lake.database}' and table_name = 'sales' order by 3`;
    expect(await rows(columns)).toEqual([
      ['id', 'bigint', '1'],
      ['amount', 'decimal(18,2)', '2'],
      ['sold_at', 'timestamp(6)', '3'],
    ]);
  });

  it('explains a query', async () => {
    expect((await rows('explain select * from sales')).flat().join('\n')).toContain('PARQUET');
  });

  it('gives metadata through the API', async () => {
    const CatalogName = 'AwsDataCatalog';
    const { DatabaseList = [] } = await athena().send(new ListDatabasesCommand({ CatalogName }));
    expect(DatabaseList.map(({ Name }) => Name)).toContain(lake.database);
    const request = { CatalogName, DatabaseName: lake.database };
    const { TableMetadataList = [] } = await athena().send(new ListTableMetadataCommand(request));
    expect(TableMetadataList.map(({ Name }) => Name).sort()).toEqual(['devices', 'events', 'readings', 'sales']);
  });
});

describe('failures', () => {
  it.each([
    [
      'select * from nope',
      (database: string) => `TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.${database}.nope' does not exist`,
    ],
    ['select * from nope.x', () => "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist"],
    ['select nope from sales', () => "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"],
    ['select nope(id) from sales', () => "FUNCTION_NOT_FOUND: line 1:8: Function 'nope' not registered"],
    [
      "select 1 from sales where id = 'a'",
      () => 'TYPE_MISMATCH: line 1:30: Cannot apply operator: bigint = varchar(1)',
    ],
    ['select id / (id - 1) from sales', () => 'DIVISION_BY_ZERO: Division by zero'],
    ['select cast(name as bigint) from devices', () => "INVALID_CAST_ARGUMENT: Cannot cast 'a' to BIGINT"],
    [
      'select id, count(*) from sales',
      () => "EXPRESSION_NOT_AGGREGATE: 'id' must be an aggregate expression or appear in GROUP BY clause",
    ],
    ['delete from sales', () => 'NOT_SUPPORTED: The local endpoint does not run DELETE FROM statements'],
  ])('%s', async (sql, reason) => {
    const { Status } = await execute(sql, options);
    expect(Status?.State).toBe('FAILED');
    expect(Status?.StateChangeReason).toBe(reason(lake.database));
    expect(Status?.AthenaError?.ErrorMessage).toBe(reason(lake.database));
  });

  it('refuses what cannot be parsed at once', async () => {
    await expect(execute('select from sales', options)).rejects.toThrow(
      "line 1:8: mismatched input 'from'. Expecting: '*', 'ALL', 'DISTINCT', <expression>",
    );
  });

  it('refuses a query without a place for its result, and unknown work groups and executions', async () => {
    await expect(execute('select 1', {})).rejects.toThrow('No output location provided');
    await expect(execute('select 1', { ...options, WorkGroup: 'nope' })).rejects.toThrow('WorkGroup nope is not found');
    const request = new GetQueryExecutionCommand({ QueryExecutionId: 'nope' });
    await expect(athena().send(request)).rejects.toThrow('QueryExecution nope was not found');
  });

  it('has no results of a failed query', async () => {
    const { QueryExecutionId } = await execute('select 1 / 0', options);
    await expect(athena().send(new GetQueryResultsCommand({ QueryExecutionId }))).rejects.toThrow(
      'Query did not finish successfully. Final query state: FAILED',
    );
  });
});

describe('executions', () => {
  it('pages through a large result, header first', async () => {
    const { QueryExecutionId } = await execute(
      'select n, n * 2 as m from unnest(sequence(1, 2500)) as t (n) order by n',
      options,
    );
    const pages: number[] = [];
    const values: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await athena().send(new GetQueryResultsCommand({ QueryExecutionId, NextToken, MaxResults: 1000 }));
      const found = page.ResultSet?.Rows ?? [];
      pages.push(found.length);
      values.push(...found.map(({ Data = [] }) => Data[0]?.VarCharValue ?? ''));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([1000, 1000, 501]);
    expect(values.slice(0, 2)).toEqual(['n', '1']);
    expect(values.at(-1)).toBe('2500');
  });

  it('describes the columns of a result', async () => {
    const { QueryExecutionId } = await execute("select id, amount, sold_at, 'x' as tag from sales", options);
    const { ResultSet } = await athena().send(new GetQueryResultsCommand({ QueryExecutionId }));
    const columns = ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    expect(columns.map(({ Name, Type, Precision, Scale }) => [Name, Type, Precision, Scale])).toEqual([
      ['id', 'bigint', 19, 0],
      ['amount', 'decimal', 18, 2],
      ['sold_at', 'timestamp', 3, 0],
      ['tag', 'varchar', 1, 0],
    ]);
  });

  it('writes the result as CSV, every value in quotes, null as nothing', async () => {
    const { ResultConfiguration } = await execute(`select 'a"b' as text, null as nothing, 1 as n`, options);
    const location = ResultConfiguration?.OutputLocation ?? '';
    expect(location).toMatch(new RegExp(`^s3://${lake.bucket}/results/[0-9a-f-]{36}\\.csv$`));
    expect(await objectText(location)).toBe('"text","nothing","n"\n"a""b",,"1"\n');
    expect(JSON.parse(await objectText(`${location}.metadata`)).ColumnInfo).toHaveLength(3);
  });

  it('takes the work group’s place for results where it is enforced', async () => {
    const Name = `${lake.database}_group`;
    const OutputLocation = `s3://${lake.bucket}/group`;
    const Configuration = { EnforceWorkGroupConfiguration: true, ResultConfiguration: { OutputLocation } };
    await athena().send(new CreateWorkGroupCommand({ Name, Configuration }));
    const { WorkGroup } = await athena().send(new GetWorkGroupCommand({ WorkGroup: Name }));
    expect(WorkGroup?.Configuration?.ResultConfiguration?.OutputLocation).toBe(OutputLocation);
    const { ResultConfiguration, QueryExecutionId } = await execute('select 1', { ...options, WorkGroup: Name });
    expect(ResultConfiguration?.OutputLocation).toBe(`${OutputLocation}/${QueryExecutionId}.csv`);
    const { QueryExecutionIds } = await athena().send(new ListQueryExecutionsCommand({ WorkGroup: Name }));
    expect(QueryExecutionIds).toEqual([QueryExecutionId]);
    await athena().send(new DeleteWorkGroupCommand({ WorkGroup: Name, RecursiveDeleteOption: true }));
  });

  it('starts a query once for one token', async () => {
    const request = { QueryString: 'select 1', ClientRequestToken: `token-${lake.database}-1234567890`, ...options };
    const first = await athena().send(new StartQueryExecutionCommand(request));
    const second = await athena().send(new StartQueryExecutionCommand(request));
    expect(second.QueryExecutionId).toBe(first.QueryExecutionId);
    const other = new StartQueryExecutionCommand({ ...request, QueryString: 'select 2' });
    await expect(athena().send(other)).rejects.toThrow('Idempotent parameters do not match');
  });

  it('fills in parameters', async () => {
    const sql = 'select id from sales where amount > ? and id < ?';
    expect(await rowsOf(sql, { ...options, ExecutionParameters: ['15.0', '10'] })).toEqual([['2']]);
    expect(await reasonOf(sql, options)).toBe(
      'INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected 2 but found 0',
    );
  });

  it('executes prepared statements', async () => {
    const StatementName = `by_id_${lake.database}`;
    const QueryStatement = 'select amount from sales where id = ?';
    await athena().send(new CreatePreparedStatementCommand({ StatementName, WorkGroup: 'primary', QueryStatement }));
    expect(await rows(`execute ${StatementName} using 1`)).toEqual([['10.50']]);
  });

  it('stops a running query', async () => {
    const QueryString =
      'select count(*) from unnest(sequence(1, 100000)) as a (x) cross join unnest(sequence(1, 1000000)) as b (y) where x * y % 7 = 3';
    const { QueryExecutionId } = await athena().send(new StartQueryExecutionCommand({ QueryString, ...options }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await athena().send(new StopQueryExecutionCommand({ QueryExecutionId }));
    expect((await ended(QueryExecutionId)).Status?.State).toBe('CANCELLED');
    expect(await rows('select 1')).toEqual([['1']]);
  });

  it('runs several queries at once, each apart from the others', async () => {
    const queries = Array.from({ length: 12 }, (_, n) =>
      rows(`with t as (select ${n} as n) select n, (select count(*) from sales) from t`),
    );
    const results = await Promise.all(queries);
    expect(results.flat()).toEqual(results.map((_, n) => [String(n), '2']));
    const { QueryExecutionIds } = await athena().send(new ListQueryExecutionsCommand({ MaxResults: 5 }));
    const batch = await athena().send(
      new BatchGetQueryExecutionCommand({ QueryExecutionIds: [...(QueryExecutionIds ?? []), 'nope'] }),
    );
    expect(batch.QueryExecutions).toHaveLength(5);
    expect(batch.UnprocessedQueryExecutionIds?.map((one) => one.QueryExecutionId)).toEqual(['nope']);
  });
});

async function objectText(uri: string): Promise<string> {
  const { bucket, key } = parseS3Uri(uri);
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}
