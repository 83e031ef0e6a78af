/** A relation of four rows, for FROM. */
export const SALES = `(values ('a', 1, 10.50), ('a', 2, null), ('b', 3, 2.25), (null, 4, 1.00)) as sales (shop, day, amount)`;

/** Queries without tables, and their rows as Athena shows them. */
export const QUERIES: readonly (readonly [what: string, sql: string, rows: readonly (readonly (string | null)[])[]])[] =
  [
    ['nulls sort last ascending', `select shop from ${SALES} where day > 2 order by shop`, [['b'], [null]]],
    ['nulls sort last descending', `select shop from ${SALES} where day > 2 order by shop desc`, [['b'], [null]]],
    ['nulls first on request', `select shop from ${SALES} where day > 2 order by shop nulls first`, [[null], ['b']]],
    [
      'ordering by position, limit and offset',
      `select day from ${SALES} order by 1 desc offset 1 limit 2`,
      [['3'], ['2']],
    ],
    ['fetch first', `select day from ${SALES} order by day fetch first 1 row only`, [['1']]],
    ['the average of decimals is a decimal', `select avg(amount) from ${SALES}`, [['4.58']]],
    ['sums over decimals keep the scale', `select sum(amount), sum(amount) / 3 from ${SALES}`, [['13.75', '4.58']]],
    [
      'the average of no rows is null',
      `select avg(amount), sum(day), count(*) from ${SALES} where false`,
      [[null, null, '0']],
    ],
    [
      'aggregates with filter and distinct',
      `select count(distinct shop) filter (where day < 3), count_if(day > 1) from ${SALES}`,
      [['1', '3']],
    ],
    [
      'an average over a window',
      `select avg(amount) over (partition by shop order by day) from ${SALES} order by day`,
      [['10.50'], ['10.50'], ['2.25'], ['1.00']],
    ],
    [
      'max_by keeps the null of the greatest row',
      `select max_by(amount, day) from ${SALES} where shop = 'a'`,
      [[null]],
    ],
    ['listagg', `select listagg(shop, '-') within group (order by shop desc) from ${SALES}`, [['b-a-a']]],
    ['array_agg keeps nulls', `select array_agg(shop order by day) from ${SALES}`, [['[a, a, b, null]']]],
    ['map_agg', `select map_agg(shop, day) from ${SALES} where day in (1, 3)`, [['{a=1, b=3}']]],
    ['map_agg keeps one value of a repeated key', `select cardinality(map_agg(shop, day)) from ${SALES}`, [['2']]],
    ['histogram', `select histogram(shop) from ${SALES} where shop = 'a'`, [['{a=2}']]],
    [
      'approx_distinct and approx_percentile',
      `select approx_distinct(shop), approx_percentile(day, 0.5) from ${SALES} where day < 4`,
      [['2', '2']],
    ],
    [
      'group by position',
      `select shop, count(*) from ${SALES} group by 1 order by 2 desc, 1`,
      [
        ['a', '2'],
        ['b', '1'],
        [null, '1'],
      ],
    ],
    ['an alias hides a column in order by', `select -day as day from ${SALES} order by day limit 1`, [['-4']]],
    [
      'rollup',
      `select shop, sum(day), grouping(shop) from ${SALES} where shop is not null group by rollup (shop) order by 3, 1`,
      [
        ['a', '3', '0'],
        ['b', '3', '0'],
        [null, '6', '1'],
      ],
    ],
    [
      'unnest in parallel',
      `select x, y from unnest(array[1, 2], array['p']) as t (x, y)`,
      [
        ['1', 'p'],
        ['2', null],
      ],
    ],
    [
      'unnest of a map with ordinality',
      `select k, v, n from unnest(map(array['a'], array[5])) with ordinality as t (k, v, n)`,
      [['a', '5', '1']],
    ],
    [
      'unnest of rows gives their fields',
      `select a, b from unnest(array[row(1, 'x'), row(2, 'y')]) as t (a, b)`,
      [
        ['1', 'x'],
        ['2', 'y'],
      ],
    ],
    [
      'cross join unnest of a column',
      `select n, x from (values (1, array[7, 8]), (2, array[])) as t (n, xs) cross join unnest(xs) as u (x)`,
      [
        ['1', '7'],
        ['1', '8'],
      ],
    ],
    [
      'left join unnest keeps empty rows',
      `select n, x from (values (1, array[7]), (2, null)) as t (n, xs) left join unnest(xs) as u (x) on true order by n`,
      [
        ['1', '7'],
        ['2', null],
      ],
    ],
    [
      'common tables shadow nothing outside',
      `with t as (select 1 as a), u as (with t as (select 2 as a) select a from t) select t.a, u.a from t, u`,
      [['1', '2']],
    ],
    [
      'recursive common tables',
      `with recursive t (n) as (select 1 union all select n + 1 from t where n < 3) select sum(n) from t`,
      [['6']],
    ],
    [
      'using merges columns',
      `select * from (values (1, 2)) as a (k, x) join (values (1, 3)) as b (k, y) using (k)`,
      [['1', '2', '3']],
    ],
    [
      'full join using takes either side',
      `select k from (values 1) as a (k) full join (values 2) as b (k) using (k) order by k`,
      [['1'], ['2']],
    ],
    [
      'correlated subqueries',
      `select (select count(*) from ${SALES} where sales.shop = s.name) from (values 'a', 'b') as s (name)`,
      [['2'], ['1']],
    ],
    [
      'exists',
      `select name from (values 'a', 'z') as s (name) where exists (select 1 from ${SALES} where shop = name)`,
      [['a']],
    ],
    [
      'quantified comparison',
      `select 3 >= all (select day from ${SALES} where day < 4), 1 = any (select day from ${SALES})`,
      [['true', 'true']],
    ],
    ['intersect binds closer than union', `select 1 union select 2 intersect select 3`, [['1']]],
    ['except all', `values 1, 1, 2 except all values 1 order by 1`, [['1'], ['2']]],
    ['equal names in a subquery', `select * from (select 1 as a, 2 as a) as t`, [['1', '2']]],
    ['qualify by alias in another case', `select T.A from (select 1 as a) as t`, [['1']]],
    [
      'windows by name',
      `select sum(day) over w from ${SALES} window w as (order by day rows between 1 preceding and current row) order by 1`,
      [['1'], ['3'], ['5'], ['7']],
    ],
    [
      'lag with default and ignored nulls',
      `select lag(amount, 1, 0) over (order by day), last_value(amount) ignore nulls over (order by day) from ${SALES} where day < 3 order by day`,
      [
        ['0.00', '10.50'],
        ['10.50', '10.50'],
      ],
    ],
    [
      'lambdas see outer columns',
      `select transform(array[1, 2], x -> x + day) from ${SALES} where day = 3`,
      [['[4, 5]']],
    ],
    [
      'in subquery with nulls',
      `select 5 not in (select shop_number from (values 1, null) as t (shop_number))`,
      [[null]],
    ],
    ['nested rows come out with names', `select row(1, row('x'))`, [['{field0=1, field1={field0=x}}']]],
    [
      'lateral',
      `select n, m from (values 1, 2) as t (n) cross join lateral (select n * 10 as m) as u order by n`,
      [
        ['1', '10'],
        ['2', '20'],
      ],
    ],
    ['comments and a semicolon', `select /* one */ 1 -- two\n;`, [['1']]],
    ['a subquery of several columns is a row', `select (select 1, 'a')`, [['{field0=1, field1=a}']]],
  ];
