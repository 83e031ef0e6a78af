import { describe, expect, it } from 'vitest';
import { compileModels } from '../../../../engine/compile/index.ts';
import type { SourceTable } from '../../../../engine/manifest.ts';
import { modelFile, salesSource } from '../../../fixtures/models.ts';

/** Sales as they are received: a record is told by where it came from. */
const received: SourceTable = {
  ...salesSource,
  name: 'bronze.received',
  columns: [...salesSource.columns, { name: '_origin', type: 'string' }, { name: '_position', type: 'string' }],
};

const TYPES: Readonly<Record<string, string>> = {
  id: 'varchar',
  who: 'varchar',
  n: 'bigint',
  x: 'varchar',
  tags: 'array(varchar)',
};

/** Lines of one sale, told apart by their id as the checks make sure. */
const lines = modelFile({
  path: 'sql/silver/lines.sql',
  columns: [
    'line_id varchar {checks: [not_null, unique]}',
    'sale_id varchar {checks: [not_null]}',
    'amount decimal(18,2)',
    'code varchar {checks: [{unique: {action: warn}}, not_null]}',
    'maybe varchar {checks: [unique]}',
  ],
  sql: 'select sale_id as line_id, customer_id as sale_id, amount, customer_id as code, customer_id as maybe from bronze.sales',
});

function compile(sql: string, names: readonly string[], header?: string, checks = ''): void {
  const columns = names.map((name, index) => `${name} ${TYPES[name]}${index === 0 ? checks : ''}`);
  const sketch = { path: 'sql/gold/star/judged.sql', columns, sql, ...(header === undefined ? {} : { header }) };
  const silver = { ...sketch, path: 'sql/silver/judged.sql' };
  compileModels([lines, modelFile(sql.includes('bronze.') ? silver : sketch)], [salesSource, received]);
}

const names = (sql: string): readonly string[] =>
  [...sql.matchAll(/ as (id|who|n|x|tags)(?=,|\s+from)/g)].map(([, name]) => name ?? '');

describe('which of several rows comes first', () => {
  it.each([
    ['a key of the table', 'select line_id as id, row_number() over (order by amount, line_id) as n from silver.lines'],
    [
      'a key in the partition',
      'select line_id as id, lag(code) over (partition by line_id order by amount) as x from silver.lines',
    ],
    [
      'where a record came from',
      'select sale_id as id, row_number() over (partition by sale_id order by sold_at, _origin, _position) as n from bronze.received',
    ],
    [
      'what a group is made by',
      'select sale_id as id, row_number() over (order by count(*) desc, sale_id) as n from silver.lines group by sale_id',
    ],
    [
      'the key of a CTE that keeps one row of each',
      `with last as (
         select sale_id, customer_id, row_number() over (partition by sale_id order by _origin, _position) as receipt
         from bronze.received
       )
       select sale_id as id, row_number() over (partition by customer_id order by sale_id) as n from last where receipt = 1`,
    ],
    [
      'a key beside rows that are looked up by theirs',
      `select a.line_id as id, row_number() over (order by a.line_id) as n
       from silver.lines a left join (select distinct sale_id from silver.lines) s on s.sale_id = a.sale_id`,
    ],
    [
      'the part of a union beside its key',
      `with both as (
         select line_id, 'one' as part from silver.lines union all select line_id, 'other' from silver.lines
       )
       select line_id as id, row_number() over (order by line_id, part) as n from both`,
    ],
    [
      'all columns that are used',
      'select sale_id as id, row_number() over (order by sale_id, amount) as n from silver.lines where code is not null',
    ],
    [
      'a key within a text',
      "with c as (select concat('a:', line_id) as i from silver.lines) select i as id, row_number() over (order by i) as n from c",
    ],
    ['equal ranks', 'select line_id as id, rank() over (order by amount) as n from silver.lines'],
    ['a sum up to equal rows', 'select line_id as id, count(*) over (order by amount) as n from silver.lines'],
    [
      'a list in its own order',
      'select sale_id as id, array_agg(code order by code) as tags from silver.lines group by sale_id',
    ],
    [
      'a list that is sorted',
      'select sale_id as id, array_sort(array_agg(code)) as tags from silver.lines group by sale_id',
    ],
    [
      'the row of the greatest key',
      'select sale_id as id, max_by(code, line_id) as x from silver.lines group by sale_id',
    ],
    [
      'the greatest of itself',
      'select sale_id as id, max_by(code, row(amount, code)) as x from silver.lines group by sale_id',
    ],
    ['any of equal values', 'select sale_id as id, arbitrary(sale_id) as x from silver.lines group by sale_id'],
    [
      'the one that a filter leaves',
      "select sale_id as id, max_by(code, amount) filter (where line_id = 'a') as x from silver.lines group by sale_id",
    ],
    ['a limit by a key', 'select line_id as id from silver.lines order by amount desc, id limit 10'],
  ])('is decided by %s', (_what, sql) => {
    expect(() => compile(sql, names(sql))).not.toThrow();
  });

  it.each<[string, string, string?]>([
    ['an order with ties', 'select line_id as id, row_number() over (order by amount) as n from silver.lines'],
    ['no order', 'select line_id as id, row_number() over () as n from silver.lines'],
    ['a key that is only warned of', 'select line_id as id, row_number() over (order by code) as n from silver.lines'],
    ['a key that may be null', 'select line_id as id, row_number() over (order by maybe) as n from silver.lines'],
    [
      'a key of one side of a join',
      'select a.line_id as id, row_number() over (order by a.line_id) as n, b.code as x from silver.lines a join silver.lines b on b.sale_id = a.sale_id',
    ],
    ['a named window', 'select line_id as id, lead(code) over w as x from silver.lines window w as (order by amount)'],
    [
      'a sum by rows',
      'select line_id as id, count(*) over (order by amount rows between 1 preceding and current row) as n from silver.lines',
    ],
    ['the first of ties', 'select line_id as id, first_value(code) over (order by amount) as x from silver.lines'],
    ['a list without order', 'select sale_id as id, array_agg(code) as tags from silver.lines group by sale_id'],
    [
      'the row of the greatest amount',
      'select sale_id as id, max_by(code, amount) as x from silver.lines group by sale_id',
    ],
    ['any value', 'select sale_id as id, arbitrary(code) as x from silver.lines group by sale_id'],
    ['an approximation', 'select sale_id as id, approx_distinct(code) as n from silver.lines group by sale_id'],
    [
      'a field of what tells rows apart',
      "select line_id as id, row_number() over (order by r.f) as n from (select line_id, cast(row(line_id, 'a') as row(i varchar, f varchar)) as r from silver.lines) s",
    ],
    ['a limit with ties', 'select line_id as id from silver.lines order by amount limit 10', '10'],
  ])('must not be left to chance by %s', (_what, sql, at = / (\w+\(.*?\)) (over|as|filter)/.exec(sql)?.[1] ?? '') => {
    const [line, column] = [8 + names(sql).length, sql.indexOf(at) + 1];
    expect(() => compile(sql, names(sql))).toThrow(
      expect.objectContaining({
        code: 'not_deterministic',
        where: `sql/gold/star/judged.sql:${line}:${column}`,
      }),
    );
  });

  const byAmount = 'select line_id as id, row_number() over (order by amount) as n from silver.lines';

  it('says which columns tell rows apart', () => {
    expect(() => compile(byAmount, names(byAmount))).toThrow(
      expect.objectContaining({
        advice:
          'Let the order include what tells rows apart (a key of lines is line_id), or say in ties_because why ties change nothing.',
      }),
    );
  });

  it('may be left open for a reason', () => {
    expect(() => compile(byAmount, names(byAmount), 'ties_because: amounts are all different')).not.toThrow();
  });

  it('is decided by the model’s own checks, without which nothing is published', () => {
    const own = 'select code as id, line_id as x, row_number() over (partition by code) as n from silver.lines';
    expect(() => compile(own, names(own))).toThrow();
    expect(() => compile(own, names(own), undefined, ' {checks: [not_null, unique]}')).not.toThrow();
  });
});
