import { describe, expect, it } from 'vitest';
import { rewrite, tablesOf } from '../../../../engine/adapters/athena/rewrite.ts';

const names = new Map([
  ['gold.sales', '"staging"."in_1"'],
  ['silver.orders', '"staging"."in_2"'],
]);
const rewritten = (sql: string): string => rewrite(sql, names, '2026-11-21');

describe('rewriting a query for Athena', () => {
  it.each([
    ['select * from gold.sales', 'select * from "staging"."in_1" as "sales"'],
    [
      'select Sales.a, gold.sales.b, "GOLD"."Sales".c.d from gold.sales where gold.other.x = 1',
      'select Sales.a, "sales".b, "sales".c.d from "staging"."in_1" as "sales" where gold.other.x = 1',
    ],
    ['select * from "Gold" . "SALES" s', 'select * from "staging"."in_1" s'],
    ['select * from awsdatacatalog.gold.sales', 'select * from "staging"."in_1" as "sales"'],
    ['select * from gold.sales_by_day', 'select * from gold.sales_by_day'],
    [
      'with sales as (select 1) select * from sales, gold.sales as s, silver.orders',
      'with sales as (select 1) select * from sales, "staging"."in_1" as s, "staging"."in_2" as "orders"',
    ],
    ["select 'gold.sales' -- from gold.sales", "select 'gold.sales' -- from gold.sales"],
    ['select (select max(a) from gold.sales) as a', 'select (select max(a) from "staging"."in_1" as "sales") as a'],
    ['select current_date', "select date '2026-11-21'"],
    ["select 'current_date', CURRENT_TIMESTAMP", "select 'current_date', timestamp '2026-11-21 00:00:00.000 UTC'"],
    ['select current_timestamp (6)', "select timestamp '2026-11-21 00:00:00.000000 UTC'"],
    ['select now()', "select timestamp '2026-11-21 00:00:00.000 UTC'"],
    ['select localtimestamp(0)', "select timestamp '2026-11-21 00:00:00'"],
  ])('%s', (sql, expected) => {
    expect(rewritten(sql)).toBe(expected);
  });

  it('finds the tables that a query reads', () => {
    const sql = 'with a as (select * from Gold.Sales) select * from a where exists (select 1 from silver.orders)';
    expect(tablesOf(sql)).toEqual(new Set(['gold.sales', 'a', 'silver.orders']));
  });
});
