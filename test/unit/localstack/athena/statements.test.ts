import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../localstack/athena/failures.ts';
import { parseStatementText, RefusedStatement } from '../../../../localstack/athena/statements/statement.ts';
import { statementType } from '../../../../localstack/athena/statements/statement-type.ts';
import { qualify } from '../../../../localstack/athena/tables/names.ts';
import { readView, writeView } from '../../../../localstack/athena/tables/views.ts';

describe('statements', () => {
  it.each([
    ['show databases', { kind: 'show_databases' }],
    ["SHOW TABLES IN gold LIKE 'dim*'", { kind: 'show_tables', database: 'gold', like: 'dim*' }],
    ["show tables in `gold` 'dim*'", { kind: 'show_tables', database: 'gold', like: 'dim*' }],
    ['show columns from fact_sale in gold', { kind: 'show_columns', table: ['gold', 'fact_sale'] }],
    ['show partitions bronze.orders;', { kind: 'show_partitions', table: ['bronze', 'orders'] }],
    ['describe formatted gold.fact_sale', { kind: 'describe', table: ['gold', 'fact_sale'] }],
    ['drop view if exists marts.v', { kind: 'drop_view', table: ['marts', 'v'], ifExists: true }],
    ['create schema if not exists lab', { kind: 'create_database', database: 'lab', ifNotExists: true }],
    ['msck repair table `gold`.`t`', { kind: 'repair_table', table: ['gold', 't'] }],
    [
      "alter table t add if not exists partition (day = '2024-01-01', n = 1) location 's3://b/x' partition (day='b', n=2)",
      {
        kind: 'add_partitions',
        table: ['t'],
        lenient: true,
        partitions: [{ values: { day: '2024-01-01', n: '1' }, location: 's3://b/x' }, { values: { day: 'b', n: '2' } }],
      },
    ],
    ['deallocate prepare p', { kind: 'deallocate', name: 'p' }],
    ['prepare p from select ? + 1;', { kind: 'prepare', name: 'p', statementText: 'select ? + 1' }],
    ["show tblproperties t ('a')", { kind: 'show_properties', table: ['t'], property: 'a' }],
    ['vacuum gold.t', { kind: 'unsupported', what: 'VACUUM GOLD' }],
  ])('%s', (sql, expected) => {
    expect(parseStatementText(sql)).toEqual(expected);
  });

  it('keeps a view’s own text', () => {
    const statement = parseStatementText('create or replace view v as\nselect 1 as "One" -- why\n;');
    expect(statement).toMatchObject({ kind: 'create_view', replace: true, queryText: 'select 1 as "One" -- why' });
  });

  it('reads external tables with all their clauses', () => {
    const sql = `CREATE EXTERNAL TABLE IF NOT EXISTS lab.t (
        \`Id\` int COMMENT 'key', place struct<city:string,at:array<decimal(10,2)>>, m map<string,int>)
      COMMENT 'a table' PARTITIONED BY (day date, n int)
      ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\001' NULL DEFINED AS '-'
      STORED AS TEXTFILE LOCATION 's3://b/t/' TBLPROPERTIES ('a'='b')`;
    expect(parseStatementText(sql)).toEqual({
      kind: 'create_table',
      table: ['lab', 't'],
      isExternal: true,
      ifNotExists: true,
      columns: [
        { name: 'id', type: 'int', comment: 'key' },
        { name: 'place', type: 'struct<city:string,at:array<decimal(10,2)>>' },
        { name: 'm', type: 'map<string,int>' },
      ],
      comment: 'a table',
      partitionColumns: [
        { name: 'day', type: 'date' },
        { name: 'n', type: 'int' },
      ],
      partitionBy: [],
      serdeProperties: { 'field.delim': '\x01', 'serialization.null.format': '-' },
      storedAs: 'TEXTFILE',
      location: 's3://b/t/',
      properties: { a: 'b' },
    });
  });

  it('reads partitions of Iceberg tables by transforms', () => {
    const sql = "create table t (a int, b date) partitioned by (a, month(b), bucket(16, a)) location 's3://b/t'";
    expect(parseStatementText(sql)).toMatchObject({
      isExternal: false,
      partitionBy: [
        { column: 'a', transform: 'identity' },
        { column: 'b', transform: 'month' },
        { column: 'a', transform: 'bucket[16]' },
      ],
    });
  });

  it('tells an insert’s columns from its query', () => {
    expect(parseStatementText('insert into t (a, B) select 1, 2')).toMatchObject({ table: ['t'], columns: ['a', 'b'] });
    expect(parseStatementText('insert into t (select 1)')).toMatchObject({ columns: [] });
    expect(parseStatementText("unload (select 1 a) to 's3://b/x' with (format = 'JSON')")).toMatchObject({
      location: 's3://b/x',
      properties: { format: 'JSON' },
    });
  });

  it.each(['create materialized view v as select 1', 'set session a = 1', 'truncate table t', 'use gold'])(
    'refuses what Athena refuses: %s',
    (sql) => {
      expect(() => parseStatementText(sql)).toThrow(RefusedStatement);
    },
  );

  it('classifies statements as Athena does', () => {
    const types = ['with a as (select 1) select * from a', 'show tables', 'create view v as select 1'];
    expect(types.map((sql) => statementType(parseStatementText(sql)))).toEqual([
      ['DML', 'SELECT'],
      ['UTILITY', 'SHOW_TABLES'],
      ['DDL', 'CREATE_VIEW'],
    ]);
  });
});

describe('names', () => {
  it('takes the query’s database where none is named, and folds case', () => {
    expect(qualify({ parts: ['Sales'] }, { database: 'Gold' })).toEqual({ database: 'gold', table: 'sales' });
    expect(qualify({ parts: ['AwsDataCatalog', 'A', 'B'] }, { database: 'gold' })).toEqual({
      database: 'a',
      table: 'b',
    });
  });

  it('refuses other catalogs and names without a database', () => {
    expect(qualify({ parts: ['other', 'a', 'b'] }, { database: undefined })).toMatchObject({
      errorName: 'CATALOG_NOT_FOUND',
    });
    expect(qualify({ parts: ['b'] }, { database: undefined })).toMatchObject({ errorName: 'MISSING_SCHEMA_NAME' });
  });
});

describe('views', () => {
  it('come back as they were written', () => {
    const view = {
      originalSql: 'select 1 as é',
      catalog: 'awsdatacatalog',
      schema: 'gold',
      columns: [{ name: 'é', type: 'integer' }],
    };
    expect(readView({ Name: 'v', ViewOriginalText: writeView(view) })).toEqual(view);
    expect(readView({ Name: 'v', ViewOriginalText: 'select 1' })).toBeUndefined();
  });
});

describe('failures of the engine', () => {
  it.each([
    ['Invalid Input Error: Division by zero', 'DIVISION_BY_ZERO: Division by zero'],
    [
      "Conversion Error: Could not convert string 'x' to INT32 when casting",
      "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INTEGER",
    ],
    [
      'Binder Error: column "a" must appear in the GROUP BY clause or must be part',
      "EXPRESSION_NOT_AGGREGATE: 'a' must be an aggregate expression or appear in GROUP BY clause",
    ],
    [
      'Invalid Input Error: More than one row returned by a subquery used as an expression',
      'SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows',
    ],
    [
      'Out of Memory Error: failed to allocate',
      'EXCEEDED_MEMORY_LIMIT: Query exceeded the memory limit of the local endpoint',
    ],
    ['Something else\nwith details', 'GENERIC_INTERNAL_ERROR: Something else'],
  ])('%s', (message, expected) => {
    const { name, detail } = failureOf(new Error(message));
    expect(`${name}: ${detail}`).toBe(expected);
  });
});
