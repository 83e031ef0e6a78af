import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../../localstack/athena/failures.ts';
import { parseStatementText, statementType } from '../../../../localstack/athena/statements/statement.ts';
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
    ['vacuum gold.t', { kind: 'unsupported', what: 'VACUUM GOLD' }],
  ])('%s', (sql, expected) => {
    expect(parseStatementText(sql)).toEqual(expected);
  });

  it('keeps a view’s own text', () => {
    const statement = parseStatementText('create or replace view v as\nselect 1 as "One" -- why\n;');
    expect(statement).toMatchObject({ kind: 'create_view', replace: true, queryText: 'select 1 as "One" -- why' });
  });

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
