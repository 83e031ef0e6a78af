import { describe, expect, it } from 'vitest';
import { SPARK_PRELUDE, SqlError, toSpark } from '../../../engine/dialect/index.ts';
import { SPARK_REFUSALS } from './spark-refusal-cases.ts';

const TABLES = {
  'gold.sales': [
    { name: 'shop', type: 'varchar' },
    { name: 'day', type: 'date' },
    { name: 'at', type: 'timestamp(6)' },
    { name: 'amount', type: 'decimal(18,2)' },
    { name: 'pieces', type: 'integer' },
    { name: 'weight', type: 'double' },
    { name: 'tags', type: 'array(varchar)' },
    { name: 'prices', type: 'map(varchar, decimal(18,2))' },
    { name: 'place', type: 'row(city varchar, zip integer)' },
  ],
};

const spark = (sql: string): string => toSpark(sql, { tables: TABLES });

/** The text of one expression over `gold.sales`, with plain column names. */
const expression = (sql: string): string =>
  spark(`select ${sql} as x from gold.sales`)
    .replace(/^select (.*) as `x` from `gold\.sales` as `sales`$/s, '$1')
    .replaceAll('`sales`.', '');

describe('expressions', () => {
  it.each([
    ["'it''s \\d'", String.raw`'it\'s \\d'`],
    ["'\u0024{x}'", String.raw`'$\{x}'`],
    ["x'00ff'", "unhex('00ff')"],
    ["date '2024-01-31'", "cast('2024-01-31' as date)"],
    ["timestamp '2024-01-31 10:00:00'", "cast('2024-01-31 10:00:00' as timestamp_ntz)"],
    ["timestamp '2024-01-31 10:00:00 Europe/Berlin'", "cast('2024-01-31 10:00:00 Europe/Berlin' as timestamp_ltz)"],
    ["at + interval '90' minute", "(`at` + interval '90' minute)"],
    ["day + interval '7' day", "(`day` + interval '7' day)"],
    ["day + interval '48' hour", "cast(cast(`day` as timestamp_ntz) + interval '48' hour as date)"],
    ['-(-pieces)', '(-(-`pieces`))'],
    ['-(-5)', '(-(-5))'],
    ['pieces / 2', 'cast((`pieces` div 2) as int)'],
    ['weight / 2', '(`weight` / 2)'],
    ['weight / pieces', 'case when `pieces` = 0 then `weight` * power(`pieces`, -1) else `weight` / `pieces` end'],
    ['amount * pieces', '(`amount` * `pieces`)'],
    ['try(pieces + 1)', 'try_add(`pieces`, 1)'],
    ['try(pieces / 0)', 'cast((`pieces` div nullif(0, 0)) as int)'],
    ['tags[1]', '`tags`[0]'],
    ['tags[pieces]', '`tags`[cast(`pieces` as int) - 1]'],
    ['try(tags[2])', 'get(`tags`, 1)'],
    ['element_at(tags, -1)', 'try_element_at(`tags`, -1)'],
    ["element_at(prices, 'a')", "`prices`['a']"],
    ['place.city', '(`place`).`city`'],
    ["row(1, 'a')", "named_struct('field0', 1, 'field1', 'a')"],
    ['array[1, 2.5]', 'array(cast(1 as decimal(11,1)), cast(2.5 as decimal(11,1)))'],
    ['transform(tags, t -> upper(t))', 'transform(`tags`, `t` -> upper(`t`))'],
    ['cast(amount as integer)', 'cast(round(`amount`) as int)'],
    ['try_cast(shop as bigint)', 'try_cast(`shop` as bigint)'],
    ['cast(shop as varchar(3))', 'left(`shop`, 3)'],
    ["shop || 'x'", "(`shop` || 'x')"],
    ['coalesce(pieces, 2.5)', 'coalesce(cast(`pieces` as decimal(11,1)), cast(2.5 as decimal(11,1)))'],
    ["split(shop, '.')", String.raw`split(${'`shop`'}, '\\.', -1)`],
    ['substr(shop, 2, 3)', 'substr(`shop`, 2, 3)'],
    [
      'substr(shop, pieces)',
      "case when `pieces` = 0 or `pieces` < -length(`shop`) then '' else substr(`shop`, `pieces`) end",
    ],
    [
      'from_base(substr(to_hex(md5(to_utf8(shop))), 1, 15), 16)',
      'cast(conv(substr(hex(unhex(md5(cast(`shop` as binary)))), 1, 15), 16, -10) as bigint)',
    ],
    ["date_add('month', 1, day)", 'cast(add_months(`day`, 1) as date)'],
    ["date_add('hour', 1, at)", 'timestampadd(HOUR, 1, cast(`at` as timestamp_ntz))'],
    ["date_diff('day', day, date '2024-01-01')", "cast(datediff(cast('2024-01-01' as date), `day`) as bigint)"],
    ["date_trunc('month', day)", "cast(trunc(`day`, 'month') as date)"],
    ["date_trunc('hour', at)", "cast(date_trunc('hour', `at`) as timestamp_ntz)"],
    ["date_format(at, '%Y-%m-%d')", "date_format(`at`, 'yyyy-MM-dd')"],
    [
      "hour(at_timezone(at, 'Europe/Berlin'))",
      "cast(hour(convert_timezone('UTC', 'Europe/Berlin', cast(cast(cast(`at` as timestamp_ntz) as timestamp_ltz) as timestamp_ntz))) as bigint)",
    ],
    ['current_date', "coalesce(cast(try_cast('\u0024{tributary.as_of}' as timestamp_ntz) as date), current_date())"],
    ['rank() over (order by day)', 'cast(rank() over (order by `day` nulls last) as bigint)'],
    [
      'lag(amount, 1, 0) over (order by day desc)',
      'lag(`amount`, 1, cast(0 as decimal(18,2))) over (order by `day` desc nulls last)',
    ],
    [
      'last_value(shop) ignore nulls over (order by day)',
      'last_value(`shop`) ignore nulls over (order by `day` nulls last)',
    ],
    ['sum(pieces) filter (where weight > 1)', 'sum(`pieces`) filter (where (`weight` > 1))'],
    ['count_if(pieces > 1)', 'count(case when (`pieces` > 1) then 1 end)'],
    ['approx_distinct(shop)', 'approx_count_distinct(`shop`, 0.023e0)'],
    ['any_value(shop)', 'any_value(`shop`, true)'],
    ['max_by(shop, day)', 'max_by(`shop`, `day`)'],
  ])('%s', (sql, expected) => {
    expect(expression(sql)).toBe(expected);
  });

  it('writes a value once that is needed more than once', () => {
    expect(expression("regexp_extract(lower(shop), '(a)')")).toBe(
      "transform(array(lower(`shop`)), `v` -> case when `v` rlike '(a)' then regexp_extract(`v`, '(a)', 0) end)[0]",
    );
  });
});

describe('queries', () => {
  it.each([
    [
      'a table is one name',
      'select shop from gold.sales',
      'select `sales`.`shop` as `shop` from `gold.sales` as `sales`',
    ],
    [
      'nulls are sorted as Trino sorts them',
      'select shop from gold.sales order by 1 desc, day nulls first',
      'select `sales`.`shop` as `shop` from `gold.sales` as `sales` order by 1 desc nulls last, `sales`.`day` nulls first',
    ],
    [
      'unnest',
      'select x from gold.sales cross join unnest(tags) as t (x)',
      'select `t`.`x` as `x` from `gold.sales` as `sales` cross join lateral explode(`sales`.`tags`) as `t`(`x`)',
    ],
    [
      'windows are written out',
      'select count(*) over (w order by day) from gold.sales window w as (partition by shop)',
      'select count(*) over (partition by `sales`.`shop` order by `sales`.`day` nulls last) as `_col0` from `gold.sales` as `sales`',
    ],
    [
      'rows of constants have one type',
      'select * from (values (1), (2.5), (null)) as t (n)',
      'select `t`.`n` as `n` from (select * from (values (cast(1 as decimal(11,1))), (cast(2.5 as decimal(11,1))), (cast(null as decimal(11,1)))) as `values`(`_col0`)) as `t`(`n`)',
    ],
    [
      'a subquery in WHERE',
      'select 1 from gold.sales where (shop, day) in (select shop, day from gold.sales)',
      'select 1 as `_col0` from `gold.sales` as `sales` where ((`sales`.`shop`, `sales`.`day`) in (select `sales_2`.`shop` as `shop`, `sales_2`.`day` as `day` from `gold.sales` as `sales_2`))',
    ],
  ])('%s', (_, sql, expected) => {
    expect(spark(sql)).toBe(expected);
  });
});

describe('refusals', () => {
  it.each(SPARK_REFUSALS)('%s', (sql, message) => {
    let refusal: unknown;
    try {
      spark(sql);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(SqlError);
    expect(refusal).toMatchObject({ errorName: 'NOT_SUPPORTED', message });
  });
});

it('sets everything that a translation relies on', () => {
  expect(SPARK_PRELUDE).toContain('set spark.sql.ansi.enabled=true');
  expect(SPARK_PRELUDE).toContain('set spark.sql.session.timeZone=UTC');
});
