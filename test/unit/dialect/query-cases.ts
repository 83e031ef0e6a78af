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

    [
      'inner join on an expression',
      `select a.n, b.m from (values 1, 2) as a (n) join (values 2, 3) as b (m) on b.m = a.n + 1 order by 1`,
      [
        ['1', '2'],
        ['2', '3'],
      ],
    ],
    [
      'left join keeps what has no match',
      `select a.n, b.m from (values 1, 2) as a (n) left join (values 2) as b (m) on a.n = b.m order by 1`,
      [
        ['1', null],
        ['2', '2'],
      ],
    ],
    [
      'nulls do not join',
      `select count(*) from (values 1, null) as a (n) join (values 1, null) as b (n) on a.n = b.n`,
      [['1']],
    ],
    [
      'nulls join when they are not distinct',
      `select count(*) from (values 1, null) as a (n) join (values 1, null) as b (n) on a.n is not distinct from b.n`,
      [['2']],
    ],
    [
      'full join',
      `select a.k, b.k from (values 1, 2) as a (k) full join (values 2, 3) as b (k) on a.k = b.k order by 1, 2`,
      [
        ['1', null],
        ['2', '2'],
        [null, '3'],
      ],
    ],
    [
      'a join of a join',
      `select a.k, c.z from (values 1) as a (k) join ((values 1) as b (k) join (values (1, 'z')) as c (k, z) on b.k = c.k) on a.k = b.k`,
      [['1', 'z']],
    ],
    [
      'union takes duplicates out, nulls too',
      `select 1 union select 1 union select null union select null order by 1`,
      [['1'], [null]],
    ],
    ['union of numbers takes their common type', `select 1 union all select 2.5 order by 1`, [['1.0'], ['2.5']]],
    ['intersect and except treat nulls as equal', `(values null, 1) intersect (values null, 2)`, [[null]]],
    ['except distinct', `values 1, 1, 2, 3 except values 3 order by 1`, [['1'], ['2']]],
    ['intersect all', `values 1, 1, 2 intersect all values 1, 1, 1 order by 1`, [['1'], ['1']]],
    ['distinct rows', `select distinct shop from ${SALES} order by 1`, [['a'], ['b'], [null]]],
    [
      'count distinct leaves nulls out',
      `select count(distinct shop), count(shop), count(*) from ${SALES}`,
      [['2', '3', '4']],
    ],
    ['sum distinct', `select sum(distinct n) from (values 1, 1, 2) as t (n)`, [['3']]],
    [
      'grouping sets',
      `select shop, day, sum(amount) from ${SALES} where shop is not null group by grouping sets ((shop), (day), ()) order by 1, 2`,
      [
        ['a', null, '10.50'],
        ['b', null, '2.25'],
        [null, '1', '10.50'],
        [null, '2', null],
        [null, '3', '2.25'],
        [null, null, '12.75'],
      ],
    ],
    [
      'cube with grouping of two columns',
      `select a, b, count(*), grouping(a, b) from (values ('x', 'y')) as t (a, b) group by cube (a, b) order by 4`,
      [
        ['x', 'y', '1', '0'],
        ['x', null, '1', '1'],
        [null, 'y', '1', '2'],
        [null, null, '1', '3'],
      ],
    ],
    [
      'a column beside rollup',
      `select shop, day, count(*) from ${SALES} where shop = 'a' group by shop, rollup (day) order by 2`,
      [
        ['a', '1', '1'],
        ['a', '2', '1'],
        ['a', null, '2'],
      ],
    ],
    ['having', `select shop from ${SALES} group by shop having count(*) > 1`, [['a']]],
    [
      'group by an expression',
      `select upper(shop), max(day) from ${SALES} where shop is not null group by upper(shop) order by 1`,
      [
        ['A', '2'],
        ['B', '3'],
      ],
    ],
    [
      'group by an expression that needs its value twice',
      `select amount / day, count(*) from ${SALES} where day in (1, 3) group by amount / day order by 1`,
      [
        ['0.75', '1'],
        ['10.50', '1'],
      ],
    ],
    [
      'aggregates of no rows',
      `select count(*), sum(day), max(shop), array_agg(day), bool_and(day > 1) from ${SALES} where false`,
      [['0', null, null, null, null]],
    ],
    [
      'bool_and, bool_or and every',
      `select bool_and(day > 0), bool_or(day > 3), every(day > 1) from ${SALES}`,
      [['true', 'true', 'false']],
    ],
    ['min and max of text', `select min(shop), max(shop) from ${SALES}`, [['a', 'b']]],
    [
      'min_by and max_by of several',
      `select max_by(day, day, 2), min_by(shop, day, 2) from ${SALES}`,
      [['[4, 3]', '[a, a]']],
    ],
    ['max of several', `select max(day, 2), min(day, 2) from ${SALES}`, [['[4, 3]', '[1, 2]']]],
    [
      'variance and deviation',
      `select var_pop(n), stddev_pop(n), var_samp(n) from (values 2, 4, 4, 4, 5, 5, 7, 9) as t (n)`,
      [['4.0', '2.0', '4.571428571428571']],
    ],
    ['the deviation of one row is null', `select stddev(n), var_pop(n) from (values 5) as t (n)`, [[null, '0.0']]],
    [
      'correlation and regression',
      `select corr(y, x), regr_slope(y, x), regr_intercept(y, x) from (values (1, 1), (3, 2), (5, 3)) as t (y, x)`,
      [['1.0', '2.0', '-1.0']],
    ],
    ['geometric mean', `select geometric_mean(n) from (values 2, 8) as t (n)`, [['4.0']]],
    ['the average of whole numbers is a double', `select avg(day) from ${SALES}`, [['2.5']]],
    ['array_agg in order', `select array_agg(day order by amount desc, day) from ${SALES}`, [['[1, 3, 4, 2]']]],
    [
      'array_agg of distinct values in order',
      `select array_agg(distinct shop order by shop) from ${SALES}`,
      [['[a, b, null]']],
    ],
    [
      'array_agg with a filter',
      `select array_agg(day order by day) filter (where shop = 'a') from ${SALES}`,
      [['[1, 2]']],
    ],
    ['listagg leaves nulls out', `select listagg(shop, ',') within group (order by day) from ${SALES}`, [['a,a,b']]],
    ['multimap_agg', `select multimap_agg(shop, day) from ${SALES} where shop = 'b'`, [['{b=[3]}']]],
    [
      'map_agg in order keeps the first',
      `select map_agg(shop, day order by day) from ${SALES} where shop = 'a'`,
      [['{a=1}']],
    ],
    ['any_value leaves nulls out', `select any_value(amount) from ${SALES} where shop = 'a'`, [['10.50']]],
    [
      'ranks with ties',
      `select n, rank() over (order by n), dense_rank() over (order by n), row_number() over (order by n, k) from (values (1, 1), (1, 2), (2, 3)) as t (n, k) order by k`,
      [
        ['1', '1', '1', '1'],
        ['1', '1', '1', '2'],
        ['2', '3', '2', '3'],
      ],
    ],
    [
      'ntile, percent_rank and cume_dist',
      `select ntile(2) over (order by day), percent_rank() over (order by day), cume_dist() over (order by day) from ${SALES} order by day`,
      [
        ['1', '0.0', '0.25'],
        ['1', '0.3333333333333333', '0.5'],
        ['2', '0.6666666666666666', '0.75'],
        ['2', '1.0', '1.0'],
      ],
    ],
    [
      'frames of rows and of values',
      `select sum(day) over (order by day rows between 1 preceding and 1 following), sum(day) over (order by day range between 2 preceding and current row) from ${SALES} order by day`,
      [
        ['3', '1'],
        ['6', '3'],
        ['9', '6'],
        ['7', '9'],
      ],
    ],
    [
      'frames of intervals',
      `select count(*) over (order by d range between interval '7' day preceding and current row) from (values date '2024-01-01', date '2024-01-08', date '2024-01-09') as t (d) order by d`,
      [['1'], ['2'], ['2']],
    ],
    [
      'first_value and nth_value',
      `select first_value(shop) over (order by day), nth_value(day, 2) over (order by day rows between unbounded preceding and unbounded following) from ${SALES} order by day limit 2`,
      [
        ['a', '2'],
        ['a', '2'],
      ],
    ],
    [
      'lead, and lag of two rows',
      `select lead(day) over (order by day), lag(day, 2) over (order by day) from ${SALES} order by day`,
      [
        ['2', null],
        ['3', null],
        ['4', '1'],
        [null, '2'],
      ],
    ],
    [
      'lag that leaves nulls out',
      `select lag(amount) ignore nulls over (order by day) from ${SALES} order by day`,
      [[null], ['10.50'], ['10.50'], ['2.25']],
    ],
    [
      'a share of the whole',
      `select day, round(1e0 * day / sum(day) over (), 2) from ${SALES} order by day limit 1`,
      [['1', '0.1']],
    ],
    [
      'a window over groups',
      `select shop, sum(sum(day)) over (order by shop) from ${SALES} group by shop order by shop`,
      [
        ['a', '3'],
        ['b', '6'],
        [null, '10'],
      ],
    ],
    [
      'a window that extends another',
      `select max(day) over (w order by day desc) from ${SALES} window w as (partition by shop) order by day`,
      [['2'], ['2'], ['3'], ['4']],
    ],
    [
      'array_agg over a window',
      `select array_agg(day) over (partition by shop order by day) from ${SALES} where shop = 'a' order by day`,
      [['[1]'], ['[1, 2]']],
    ],
    [
      'not in without nulls',
      `select n from (values 1, 2) as t (n) where n not in (select m from (values 2) as u (m))`,
      [['1']],
    ],
    ['not in with nulls finds nothing', `select n from (values 1, 2) as t (n) where n not in (values 2, null)`, []],
    ['in as a value', `select n in (values 2, null) from (values 1, 2) as t (n) order by n`, [[null], ['true']]],
    [
      'rows in a subquery',
      `select n from (values 1, 2) as t (n) where (n, n * 10) in (values (1, 10), (2, 30))`,
      [['1']],
    ],
    [
      'not exists',
      `select n from (values 1, 2) as t (n) where not exists (select 1 from (values 2) as u (m) where m = n)`,
      [['1']],
    ],
    [
      'a sum of unnested elements',
      `select n, (select sum(x) from unnest(xs) as u (x)) from (values (1, array[5, 6]), (2, array[])) as t (n, xs) order by n`,
      [
        ['1', '11'],
        ['2', null],
      ],
    ],
    [
      'a subquery that depends on the row, of one row',
      `select n, (select m from (values (1, 'a'), (2, 'b')) as u (k, m) where k = n) from (values 1, 3) as t (n) order by n`,
      [
        ['1', 'a'],
        ['3', null],
      ],
    ],
    ['greater than any', `select n from (values 1, 5) as t (n) where n > any (values 3, 7)`, [['5']]],
    ['greater than all of nothing', `select 1 > all (select n from (values 1) as t (n) where false)`, [['true']]],
    ['equal to all', `select 2 = all (values 2, 2), 2 <> any (values 2, 3)`, [['true', 'true']]],
    [
      'unnest of arrays of different lengths with ordinality',
      `select a, b, n from unnest(array[1, 2], array['x']) with ordinality as t (a, b, n) order by n`,
      [
        ['1', 'x', '1'],
        ['2', null, '2'],
      ],
    ],
    [
      'unnest of a map',
      `select k, v from unnest(map(array['a', 'b'], array[1, 2])) as t (k, v) order by k`,
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'unnest of what unnest gave',
      `select y from unnest(array[array[1, 2], array[3]]) as t (xs) cross join unnest(xs) as u (y) order by y`,
      [['1'], ['2'], ['3']],
    ],
    [
      'unnest of a sequence of dates',
      `select d from unnest(sequence(date '2024-01-30', date '2024-02-01')) as t (d) order by d`,
      [['2024-01-30'], ['2024-01-31'], ['2024-02-01']],
    ],
    [
      'common tables that use one another',
      `with a as (select 1 as n), b as (select n + 1 as n from a) select a.n, b.n from a cross join b`,
      [['1', '2']],
    ],
    ['common tables with column names', `with t (a, b) as (values (1, 'x')) select b, a from t`, [['x', '1']]],
    ['order by an expression over an alias', `select day as d from ${SALES} order by -day limit 2`, [['4'], ['3']]],
    [
      'order of Unicode text',
      `select s from (values 'é', 'z', 'a', 'Z', '😀') as t (s) order by s`,
      [['Z'], ['a'], ['z'], ['é'], ['😀']],
    ],
    [
      'order of doubles with NaN and infinity',
      `select x from (values nan(), infinity(), 1e0, -infinity()) as t (x) order by x`,
      [['-Infinity'], ['1.0'], ['Infinity'], ['NaN']],
    ],
    ['names are found in any case', `select "A", Sales.DAY from (select 'x' as a, 1 as day) as sales`, [['x', '1']]],
    [
      'names that are reserved elsewhere',
      `select "select", "order", value from (values (1, 2, 3)) as t ("select", "order", value)`,
      [['1', '2', '3']],
    ],
    ['a name with a space and a quote', `select "a ""b" from (values 1) as t ("a ""b")`, [['1']]],
    [
      'rows of expressions',
      `select n, m from (values (1 + 1, upper('x')), (3, null)) as t (n, m) order by n`,
      [
        ['2', 'X'],
        ['3', null],
      ],
    ],
    [
      'a star of one table',
      `select b.*, a.n from (values 1) as a (n) cross join (values (2, 3)) as b (x, y)`,
      [['2', '3', '1']],
    ],
    ['case in an aggregate', `select sum(case when shop = 'a' then day else 0 end) from ${SALES}`, [['3']]],
    [
      'division of sums of decimals',
      `select sum(amount) / sum(day), sum(amount) / 7 from ${SALES}`,
      [['1.38', '1.96']],
    ],
    [
      'sums of products of decimals',
      `select sum(amount * 1.1), sum(amount * day) from ${SALES}`,
      [['15.125', '21.25']],
    ],
    [
      'surrogate keys',
      `select from_base(substr(to_hex(md5(to_utf8(shop || '|' || cast(day as varchar)))), 1, 15), 16) from ${SALES} where day = 3`,
      [['6328670283462166']],
    ],
    [
      'approximate functions, by their bound',
      `select approx_distinct(n) between 930 and 1070, approx_percentile(n, 0.5) between 480 and 520, approx_percentile(n, array[0.1, 0.9])[2] between 880 and 920 from unnest(sequence(1, 1000)) as t (n)`,
      [['true', 'true', 'true']],
    ],
  ];
