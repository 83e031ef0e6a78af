import { describe, expect, it } from 'vitest';
import { TributaryError } from '../../../../common/errors.ts';
import { compileModels } from '../../../../engine/compile/index.ts';
import { compileSketches, type ModelSketch, salesSource, silverSales } from '../../../fixtures/models.ts';

/** What compiling the sketches throws. */
function errorOf(...sketches: readonly ModelSketch[]): TributaryError {
  try {
    compileSketches(...sketches);
  } catch (thrown) {
    if (thrown instanceof TributaryError) return thrown;
    throw thrown;
  }
  throw new Error('it compiled');
}

/** A model of one column; its SQL begins in line 9 of the file. */
const one = (sql: string, column = 'sale_id varchar'): ModelSketch => ({ columns: [column], sql });

const LINE = 9;
const at = (column: number, line = LINE): string => `sql/silver/sales.sql:${line}:${column}`;

/** Somewhere in a line of the header. */
const onLine = (line: number) => expect.stringMatching(new RegExp(`^sql/silver/sales.sql:${line}:[1-9]`)) as string;

describe('errors in the SQL of a model', () => {
  it.each<[string, ModelSketch, Partial<TributaryError>]>([
    [
      'a syntax error',
      one('select sale_id\nfrom bronze.sales where )'),
      { code: 'sql_error', where: at(25, LINE + 1) },
    ],
    [
      'a trailing comma',
      one('select sale_id, from bronze.sales'),
      { code: 'sql_error', where: at(15), advice: 'Remove it.' },
    ],
    [
      'an ungrouped column',
      one('select sale_id, count(*) as n\nfrom bronze.sales'),
      {
        code: 'sql_error',
        where: at(8),
        advice: 'Group by it too, or choose one of its values: min(sale_id), max_by(sale_id, …).',
      },
    ],
    [
      'a column of a group that is not grouped',
      one('select s.sale_id from bronze.sales s group by s.customer_id having max(amount) > 0'),
      { code: 'sql_error', where: at(10) },
    ],
    [
      'a column that is grouped only within an expression',
      one('select concat(sale_id, tags[1]) as sale_id from bronze.sales group by sale_id, tags[2]'),
      { code: 'sql_error', where: at(24) },
    ],
    [
      'an ungrouped column that sorts',
      one('select customer_id as sale_id from bronze.sales group by customer_id order by quantity'),
      { code: 'sql_error', where: at(79) },
    ],
    [
      'an aggregate in WHERE',
      one('select sale_id from bronze.sales where max(amount) > 1'),
      { code: 'sql_error', where: at(40), advice: 'Use HAVING, or a SELECT around this one.' },
    ],
    [
      'a window in WHERE',
      one('select sale_id from bronze.sales where row_number() over (order by sale_id) = 1'),
      { code: 'sql_error', where: at(40), advice: 'Compute it in a CTE first.' },
    ],
    [
      'an aggregate within another',
      one('select max(sum(quantity)) as sale_id from bronze.sales'),
      { code: 'sql_error', where: at(12), advice: 'Compute the inner one in a CTE first.' },
    ],
    [
      'two statements',
      one('select sale_id from bronze.sales; select 1'),
      { code: 'sql_error', where: at(33), advice: 'A model is one SELECT. Remove the others.' },
    ],
    [
      'another statement',
      one('delete from bronze.sales'),
      { code: 'sql_error', where: at(1), advice: 'A model is one SELECT.' },
    ],
    ['no statement', one(''), { code: 'sql_error', advice: 'A model is one SELECT.' }],
    [
      'an unknown table',
      one('select sale_id\nfrom bronze.sale'),
      { code: 'unknown_table', where: at(6, LINE + 1), advice: 'Did you mean "bronze.sales"?' },
    ],
    [
      'a table without its layer',
      one('select sale_id from sales'),
      { code: 'unknown_table', where: at(21), advice: 'Did you mean "bronze.sales"?' },
    ],
    [
      'a three-part name',
      one('select sale_id from awsdatacatalog.bronze.sales'),
      { code: 'unknown_table', where: at(21), advice: 'Did you mean "bronze.sales"?' },
    ],
    [
      'an unknown column',
      one('select\n  s.sale_idd as sale_id\nfrom bronze.sales s'),
      { code: 'unknown_column', where: at(5, LINE + 1), advice: 'Did you mean "sale_id"?' },
    ],
    [
      'an unknown column of a CTE',
      one('with a as (select sale_id as id from bronze.sales) select sale_id from a'),
      { code: 'unknown_column', where: at(59) },
    ],
    [
      'an unknown column after text beyond ASCII',
      one("select sale_id from bronze.sales where 'é😀' = nope"),
      { code: 'unknown_column', where: at(47) },
    ],
    [
      'an unknown alias',
      one('select t.sale_id from bronze.sales s'),
      { code: 'unknown_table', where: at(8), advice: 'Did you mean "s"?' },
    ],
    [
      'an ambiguous column',
      one('select sale_id from bronze.sales a join bronze.sales b on a.sale_id = b.sale_id'),
      { code: 'ambiguous_column', where: at(8), advice: 'Write a.sale_id or b.sale_id.' },
    ],
    [
      'a slip after text beyond ASCII',
      one("select '😀' as sale_id, from bronze.sales"),
      { code: 'sql_error', where: at(22), advice: 'Remove it.' },
    ],
    [
      'types that do not fit after text beyond ASCII',
      one("select case when '😀' = 1 then sale_id end as sale_id from bronze.sales"),
      { code: 'sql_error', where: at(22) },
    ],
    ['a star', one('select * from bronze.sales'), { code: 'star_refused', advice: 'Name the columns.' }],
    [
      'a star in a CTE',
      one('with a as (select s.* from bronze.sales s) select sale_id from a'),
      { code: 'star_refused', where: at(19) },
    ],
    [
      'an unnamed column',
      one('select max(sale_id) from bronze.sales'),
      { code: 'unnamed_column', where: at(8), advice: 'Add "as sale_id".' },
    ],
    [
      'another name than the header’s',
      one('select sale_id as id from bronze.sales'),
      { code: 'column_mismatch', where: at(8) },
    ],
    [
      'a column that the header does not list',
      one('select sale_id, amount from bronze.sales'),
      { code: 'column_mismatch', where: at(17) },
    ],
    [
      'a column that the SELECT lacks',
      { columns: ['sale_id varchar', 'amount decimal(18,2)'], sql: 'select sale_id from bronze.sales' },
      { code: 'column_mismatch', where: onLine(8) },
    ],
    [
      'a stored column of another type',
      one('select quantity as sale_id from bronze.sales'),
      { code: 'type_drift', where: at(8), advice: 'Write cast(… as varchar) or change the header.' },
    ],
    [
      'a cast to another type',
      one('select cast(sold_at as date) as sold_at from bronze.sales', 'sold_at timestamp'),
      { code: 'type_drift' },
    ],
    [
      'an expression that may not fit',
      one('select sum(amount) as amount from bronze.sales', 'amount decimal(18,2)'),
      { code: 'type_drift', where: at(8) },
    ],
    [
      'an unknown function',
      one('select sale_id from bronze.sales\nwhere no_such(quantity)'),
      { code: 'sql_error', where: at(7, LINE + 1) },
    ],
    [
      'a function with a slip',
      one('select uper(sale_id) as sale_id from bronze.sales'),
      { code: 'sql_error', where: at(8), advice: 'Did you mean "upper"?' },
    ],
    [
      'types that do not compare',
      one("select sale_id from bronze.sales\nwhere quantity = 'one'"),
      { code: 'sql_error', where: at(16, LINE + 1) },
    ],
    ['an expression of another kind', one('select quantity + 1 as sale_id from bronze.sales'), { code: 'type_drift' }],
    ...['random()', 'rand()', 'uuid()', 'now()', 'localtimestamp', 'shuffle(tags)'].map(
      (call): [string, ModelSketch, Partial<TributaryError>] => [
        call,
        one(`select sale_id from bronze.sales where ${call} is not null`),
        {
          code: 'not_deterministic',
          where: at(40),
          advice: expect.stringMatching(/Use current_date|Derive/) as string,
        },
      ],
    ),
    [
      'recursion',
      one('with recursive r(n) as (select 1 union all select n + 1 from r) select sale_id from bronze.sales'),
      { code: 'unsupported_sql' },
    ],
    [
      'a natural join',
      one('select sale_id from bronze.sales natural join bronze.sales as s'),
      { code: 'unsupported_sql', where: at(34), advice: 'Name the columns: join … using (…).' },
    ],
    [
      'an older version of a table',
      one('select sale_id from bronze.sales for version as of 1'),
      { code: 'unsupported_sql', where: at(21) },
    ],
    ['a sample', one('select sale_id from bronze.sales tablesample bernoulli (10)'), { code: 'unsupported_sql' }],
  ])('%s is named with its place', (_name, sketch, expected) => {
    const other: ModelSketch = { ...silverSales, path: 'sql/silver/other.sql' };
    expect(errorOf(sketch, other)).toMatchObject(expected);
  });

  it.each<[string, string, Partial<TributaryError>]>([
    ['any_value(sale_id) as sale_id', '', { where: at(8), advice: 'Use min, max or arbitrary.' }],
    ['cast(sinh(1) as varchar) as sale_id', '', { where: at(13), advice: 'Use (exp(x) - exp(-x)) / 2.' }],
    ['sale_id', 'where quantity > 1_000', { where: at(51), advice: 'Write 1000.' }],
    ['json_value(sale_id, 1) as sale_id', '', { where: at(8), advice: 'Use json_extract_scalar.' }],
    ['soundex(sale_id) as sale_id', '', { where: at(8), advice: 'Use levenshtein_distance.' }],
    [
      'to_hex(hmac_md5(a, b)) as sale_id',
      '',
      { where: at(15), advice: expect.stringContaining('docs/dialect.md') as string },
    ],
    ['sale_id', ', table(sequence(1, 10))', { where: at(36), advice: expect.stringContaining('unnest') as string }],
    ['sale_id', ', json_table(sale_id)', { where: at(46), advice: expect.stringContaining('json_extract') as string }],
    ['sale_id', 'match_recognize (a)', { where: at(34), advice: expect.stringContaining('lag') as string }],
  ])(
    'what Athena or another engine does not take is refused: select %s from bronze.sales %s',
    (list, rest, expected) => {
      const error = errorOf(one(`select ${list} from bronze.sales ${rest}`));
      expect(error).toMatchObject({ code: 'unsupported_sql', ...expected });
    },
  );

  it.each([
    ['with function f() returns bigint return 1 select sale_id from bronze.sales', 'unsupported_sql'],
    ['create materialized view v as select sale_id from bronze.sales', 'sql_error'],
    ['create or replace table t as select sale_id from bronze.sales', 'sql_error'],
    ['merge into t using s on a = b when matched then delete', 'sql_error'],
    ['call system.sync()', 'sql_error'],
  ])('what is no SELECT is refused: %s', (sql, code) => {
    expect(errorOf(one(sql))).toMatchObject({ code, advice: expect.stringMatching(/./) as string });
  });

  it('a check may use no other SQL than a model', () => {
    const check = "checks:\n  - sql: {name: odd, query: 'select any_value(sale_id) as one from silver.sales'}";
    expect(errorOf({ ...silverSales, header: check })).toMatchObject({ code: 'unsupported_sql', where: onLine(11) });
  });

  it('a layer that silver may not read is named with its place', () => {
    const gold: ModelSketch = {
      ...silverSales,
      path: 'sql/gold/star/other.sql',
      sql: 'select sale_id from silver.sales',
    };
    expect(errorOf(one('select sale_id\nfrom gold.other'), gold).message).toContain(`[wrong_layer] ${at(6, LINE + 1)}`);
  });

  it.each([
    ['an expression', "select concat(sale_id, 'a') as a, 1 as n from bronze.sales s group by concat(s.sale_id, 'a')"],
    ['a position', 'select upper(sale_id) as a, count(*) as n from bronze.sales group by 1'],
    [
      'a part of grouping sets',
      'select sale_id as a, grouping(sale_id) as n from bronze.sales group by rollup (sale_id)',
    ],
    [
      'a column that USING merged',
      'select sale_id as a, 1 as n from bronze.sales s join bronze.sales t using (sale_id) group by sale_id',
    ],
    [
      'a window over groups',
      'select sale_id as a, sum(sum(quantity)) over (order by sale_id) as n from bronze.sales group by sale_id',
    ],
    [
      'what an outer query groups by',
      `select sale_id as a, 1 as n from bronze.sales s group by sale_id
       having exists (select 1 as one from bronze.sales t where t.sale_id = s.sale_id)`,
    ],
  ])('allows to select %s', (_what, sql) => {
    expect(() => compileSketches({ columns: ['a varchar', 'n bigint'], sql })).not.toThrow();
  });

  it('allows names of functions as columns, and a word inside a string', () => {
    const sql = `select "random" as sale_id from (select sale_id as random from bronze.sales where sale_id <> 'now()') s`;
    expect(() => compileSketches(one(sql))).not.toThrow();
  });
});

describe('errors in the header of a model', () => {
  it.each<[string, ModelSketch, Partial<TributaryError>]>([
    [
      'a missing property',
      { ...silverSales, columns: ['sale_id varchar'], header: 'sla: {}' },
      { code: 'header_invalid', where: onLine(8) },
    ],
    [
      'an unknown property',
      { ...silverSales, columns: ['sale_id varchar'], header: 'kindd: view' },
      { code: 'header_invalid' },
    ],
    [
      'a type that is none',
      { ...silverSales, columns: ['sale_id text'] },
      { code: 'header_invalid', where: onLine(7) },
    ],
    [
      'broken YAML',
      { ...silverSales, columns: ['sale_id varchar'], header: 'sla: {hours: 1' },
      { code: 'header_invalid' },
    ],
    [
      'a column twice',
      { ...silverSales, columns: ['sale_id varchar', 'sale_id varchar'] },
      { code: 'header_invalid', where: onLine(8) },
    ],
    [
      'an unknown sort column',
      { ...silverSales, header: 'sort_by: [nope]' },
      { code: 'unknown_column', where: onLine(10) },
    ],
    [
      'an unknown check',
      { ...silverSales, columns: ['sale_id varchar {checks: [not_nul]}'] },
      { code: 'unknown_rule', where: onLine(7), advice: 'Did you mean "not_null"?' },
    ],
    [
      'a check twice',
      { ...silverSales, columns: ['sale_id varchar {checks: [not_null, not_null]}'] },
      { code: 'duplicate_check', where: onLine(7) },
    ],
    [
      'arguments that a check does not take',
      { ...silverSales, columns: ['sale_id varchar {checks: [{accepted_values: {value: [a]}}]}'] },
      { code: 'header_invalid', where: onLine(7) },
    ],
    [
      'a column’s check in the table’s list',
      { ...silverSales, header: 'checks: [not_null]' },
      { code: 'header_invalid', advice: 'Put it below the column.' },
    ],
    [
      'a check of an unknown column',
      { ...silverSales, header: 'checks:\n  - unique: {columns: [sale_id, amout]}' },
      { code: 'unknown_column', where: onLine(11), advice: 'Did you mean "amount"?' },
    ],
    [
      'a check of an unknown table',
      {
        columns: ['sale_id varchar {checks: [{relationships: {to: gold.nope, column: id}}]}'],
        sql: 'select sale_id from bronze.sales',
      },
      { code: 'unknown_table', where: onLine(7) },
    ],
    [
      'a check whose query does not parse',
      { ...silverSales, header: "checks:\n  - sql: {name: broken, query: 'select from'}" },
      { code: 'sql_error', where: onLine(11) },
    ],
    [
      'quarantine where no row is at fault',
      { ...silverSales, header: 'checks:\n  - row_count: {min: 1, action: quarantine}' },
      { code: 'header_invalid', where: onLine(11) },
    ],
    [
      'a kind that the layer does not have',
      { ...silverSales, kind: 'view' },
      { code: 'unsupported_kind', where: onLine(5) },
    ],
    [
      'a path that names no table',
      { ...silverSales, path: 'sql/silver/deep/sales.sql' },
      { code: 'wrong_path', where: 'sql/silver/deep/sales.sql:1' },
    ],
  ])('%s is named with its line', (_name, sketch, expected) => {
    expect(errorOf(sketch)).toMatchObject(expected);
  });

  it('names a file without a header', () => {
    const file = { path: 'sql/silver/sales.sql', text: 'select 1 as a' };
    expect(() => compileModels([file], [salesSource])).toThrow(expect.objectContaining({ code: 'header_missing' }));
  });
});

describe('errors among models', () => {
  const gold = (table: string, from: string, path = `sql/gold/star/${table}.sql`): ModelSketch => ({
    path,
    columns: ['sale_id varchar'],
    sql: `select sale_id from ${from}`,
  });

  it('names a cycle', () => {
    const error = errorOf(gold('a', 'gold.b'), gold('b', 'gold.c'), gold('c', 'gold.a'));
    expect(error).toMatchObject({
      code: 'cycle',
      where: 'sql/gold/star/a.sql:9:21',
      advice: 'Move what they share into a model that both read.',
    });
    expect(error.message).toContain('gold.a → gold.b → gold.c → gold.a');
  });

  it('names a cycle between domains that is none between models', () => {
    const error = errorOf(
      silverSales,
      gold('a', 'silver.sales', 'sql/gold/product/a.sql'),
      gold('b', 'gold.a', 'sql/gold/customer/b.sql'),
      gold('c', 'gold.b', 'sql/gold/product/c.sql'),
    );
    expect(error).toMatchObject({ code: 'domain_cycle', where: 'sql/gold/customer/b.sql:9:21' });
    expect(error.message).toContain('customer → product → customer (gold.b reads gold.a, gold.c reads gold.b)');
  });

  it('names a cycle through a check', () => {
    const checked = (table: string, from: string, header?: string): ModelSketch => ({
      path: `sql/gold/star/${table}.sql`,
      columns: ['amount decimal(18,2)'],
      sql: `select amount from ${from}`,
      ...(header === undefined ? {} : { header }),
    });
    const check = 'checks:\n  - sum_equals: {column: amount, to: gold.b, to_column: amount}';
    expect(errorOf(silverSales, checked('a', 'silver.sales', check), checked('b', 'gold.a'))).toMatchObject({
      code: 'cycle',
      where: 'sql/gold/star/a.sql:9:5',
    });
  });

  it('refuses two files for one table', () => {
    const twice = [gold('a', 'silver.sales'), gold('a', 'silver.sales', 'sql/gold/customer/a.sql')];
    expect(errorOf(silverSales, ...twice)).toMatchObject({
      code: 'duplicate_model',
      where: 'sql/gold/star/a.sql:1:1',
      advice: 'A table has one file: rename one of them.',
    });
  });

  it('refuses the logical date in a view', () => {
    const view: ModelSketch = {
      path: 'sql/marts/recent.sql',
      kind: 'view',
      columns: ['sale_id varchar'],
      sql: "select sale_id from silver.sales where current_date > date '2026-01-01'",
    };
    expect(errorOf(silverSales, view)).toMatchObject({ code: 'not_deterministic', where: 'sql/marts/recent.sql:9:40' });
  });

  it('lists the errors of all models at once', () => {
    const error = errorOf(gold('a', 'silver.nope'), gold('b', 'silver.neither'));
    expect(error.code).toBe('compile_failed');
    expect(error.message).toContain('sql/gold/star/a.sql:9:21');
    expect(error.message).toContain('sql/gold/star/b.sql:9:21');
  });
});
