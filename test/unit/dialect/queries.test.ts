import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { resultColumns, toDuckDb } from '../../../engine/dialect/index.ts';
import { QUERIES, SALES } from './query-cases.ts';
import { REFUSALS } from './refusal-cases.ts';
import { newConnection, refusal, run } from './run.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await newConnection();
});

describe('queries', () => {
  it.each(QUERIES)('%s', async (_, sql, rows) => {
    expect((await run(connection, sql)).rows).toEqual(rows);
  });

  it('names unnamed columns by their position', async () => {
    expect((await run(connection, `select 1, day, day + 1 from ${SALES}`)).names).toEqual(['_col0', 'day', '_col2']);
  });

  it('gives the types that Trino gives', () => {
    const tables = {
      'gold.sales': [
        { name: 'amount', type: 'decimal(18,2)' },
        { name: 'quantity', type: 'int' },
        { name: 'tags', type: 'array<string>' },
        { name: 'place', type: 'struct<city:string,zip:int>' },
      ],
    };
    const sql = `select sum(amount) as total, avg(amount) as mean, amount / quantity as unit, sum(quantity) as pieces,
      tags[1] as tag, place.city, amount * 1.2 as gross, count(*) from gold.sales group by 3, 5, 6, 7`;
    expect(resultColumns(sql, tables).map(({ type }) => type)).toEqual([
      'decimal(38,2)',
      'decimal(18,2)',
      'decimal(18,2)',
      'bigint',
      'varchar',
      'varchar',
      'decimal(20,3)',
      'bigint',
    ]);
  });

  it('keeps table names of one, two and three parts', () => {
    const text = toDuckDb('select * from a cross join silver.b cross join "awsdatacatalog"."Gold"."c"');
    expect(text).toContain('from "a" as "a" cross join "silver"."b" as "b" cross join "gold"."c" as "c"');
  });

  it('believes columns of tables that are not described', () => {
    expect(toDuckDb('select t.x, y from t where z > 1')).toBe(
      'select "t"."x" as "x", "y" as "y" from "t" as "t" where ("z" > 1)',
    );
  });
});

/** The message without the list of what would have been right. */
const withoutList = (message: string): string => message.replace(/\. Expect(ing|ed): .*/s, '');

describe('refusals', () => {
  it.each(REFUSALS)('%s', (sql, name, message) => {
    const error = refusal(sql);
    expect({ name: error.errorName, message: withoutList(error.message) }).toEqual({ name, message });
    expect(error.code).toBe('sql_error');
  });

  it('lists what could have stood in the place of an error', () => {
    expect(refusal('select from t').message).toContain("Expecting: '*', 'ALL', 'DISTINCT', <expression>");
    expect(refusal('select length(1)').message).toContain('Expected: length(varbinary), length(varchar)');
  });

  it.each([
    ['select 1 from nowhere', "line 1:15: Table 'nowhere' does not exist"],
    ['select date_format(now(), a) from t', 'line 1:27: Argument 2 of date_format must be a string literal'],
    [
      'select skewness(1)',
      "line 1:8: Function 'skewness' is outside the subset of Athena SQL that runs on every engine",
    ],
    [
      'select count(a) filter (where true) over () from t',
      'line 1:8: FILTER is not yet supported for window functions',
    ],
    ['select ? from t', 'line 1:1: Incorrect number of parameters: expected 1 but found 0'],
    ['select * from t match_recognize (pattern (a) define a as true)', 'line 1:17: MATCH_RECOGNIZE is not supported'],
  ])('%s', (sql, message) => {
    expect(refusal(sql, { t: ['a'] }).message).toBe(message);
  });
});
