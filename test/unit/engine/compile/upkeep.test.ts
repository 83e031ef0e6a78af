import { describe, expect, it } from 'vitest';
import { TributaryError } from '../../../../common/errors.ts';
import { compileSketch, compileSketches, type ModelSketch, silverSales } from '../../../fixtures/models.ts';

function errorOf(...sketches: readonly ModelSketch[]): TributaryError {
  try {
    compileSketches(...sketches);
  } catch (thrown) {
    if (thrown instanceof TributaryError) return thrown;
    throw thrown;
  }
  throw new Error('it compiled');
}

const BY_DAY = 'partition_by: [{column: sold_at, transform: day}]';
const FROM = 'partitions_from: {bronze.sales: sold_at}';
const KEYED = 'partitions_from: {bronze.sales: {column: sold_at, key: [sale_id, customer_id]}}';

/** A partitioned model of silver with the columns that its SELECT gives beside `sold_at`, which comes last. */
const partitioned = (sql: string, header = `${BY_DAY}\n${FROM}`, columns = ['sale_id varchar']): ModelSketch => ({
  kind: 'partitioned',
  columns: [...columns, 'sold_at timestamp'],
  header,
  sql,
});

const LAST = 'row_number() over (partition by sale_id, customer_id order by quantity desc, amount desc, sold_at)';

describe('a partitioned model', () => {
  it('knows from which inputs its partitions come, how far they look back and what belongs together', () => {
    const header = `${BY_DAY}\nlookback: 2\n${KEYED}`;
    expect(compileSketch(partitioned('select sale_id, sold_at from bronze.sales', header)).partitionsFrom).toEqual([
      { table: 'bronze.sales', column: 'sold_at', lookback: 2, key: ['sale_id', 'customer_id'] },
    ]);
  });

  it.each<[string, string, string?]>([
    ['a condition', "select sale_id, sold_at from bronze.sales where quantity > 1 and customer_id <> 'x'"],
    ['a group by day', 'select max(sale_id) as sale_id, sold_at from bronze.sales group by sold_at'],
    [
      'a group by position',
      "select max(sale_id) as sale_id, date_trunc('day', sold_at) as sold_at from bronze.sales group by 2",
    ],
    [
      'a window by hour',
      "select sale_id, sold_at from (select sale_id, sold_at, rank() over (partition by date_trunc('hour', sold_at) order by amount) as place from bronze.sales) as s where place = 1",
    ],
    [
      'a window by a declared key',
      `with v as (select sale_id, sold_at, ${LAST} as r from bronze.sales) select sale_id, sold_at from v where r = 1`,
      KEYED,
    ],
    [
      'a group by a declared key',
      'select sale_id, max_by(sold_at, sold_at) as sold_at from bronze.sales group by sale_id, customer_id',
      KEYED,
    ],
    [
      'a named window',
      'select max(sale_id) over w as sale_id, sold_at from bronze.sales window w as (partition by sold_at)',
    ],
    [
      'a frame of time within the lookback',
      "select max(sale_id) over (partition by customer_id order by sold_at range between interval '2' day preceding and current row) as sale_id, sold_at from bronze.sales",
      `${FROM}\nlookback: 2`,
    ],
    [
      'a union of the same days',
      'select sale_id, sold_at from bronze.sales union all select customer_id, sold_at from bronze.sales where quantity > 1',
    ],
    ['distinct rows of a day', 'select distinct sale_id, sold_at from bronze.sales'],
    [
      'a join with a table that is read whole',
      'select s.sale_id, s.sold_at from bronze.sales s left join silver.names n on n.name = s.customer_id',
    ],
    [
      'a join of days',
      'select a.sale_id, a.sold_at from bronze.sales a join bronze.sales b on a.sold_at = b.sold_at and a.sale_id <> b.sale_id',
    ],
    [
      'a join by the key',
      'select a.sale_id, b.sold_at from bronze.sales a join bronze.sales b on a.sale_id = b.sale_id and b.customer_id = a.customer_id',
      KEYED,
    ],
    [
      'a join that shares a column',
      'select a.sale_id, a.sold_at from bronze.sales a join (select sold_at, max(amount) as most from bronze.sales group by sold_at) b using (sold_at)',
    ],
    [
      'a subquery over a table that is read whole',
      'select sale_id, sold_at from bronze.sales where customer_id in (select name from silver.names)',
    ],
    [
      'anything that it gives a reason for',
      'select max(sale_id) as sale_id, max(sold_at) as sold_at from bronze.sales',
      `${FROM}\nlocal_because: There is one sale`,
    ],
  ])('may have %s', (_what, sql, from = FROM) => {
    expect(() => compileSketches(partitioned(sql, `${BY_DAY}\n${from}`), names)).not.toThrow();
  });

  it.each<[string, string, RegExp, string?]>([
    [
      'a group over days',
      'select sale_id, max(sold_at) as sold_at from bronze.sales group by sale_id',
      /^an aggregate/,
    ],
    [
      'a group by a part of the key',
      'select sale_id, max(sold_at) as sold_at from bronze.sales group by sale_id',
      /^an aggregate/,
      KEYED,
    ],
    [
      'an aggregate of everything',
      'select max(sale_id) as sale_id, max(sold_at) as sold_at from bronze.sales',
      /^an aggregate/,
    ],
    [
      'grouping sets',
      'select sale_id, sold_at from bronze.sales group by grouping sets ((sale_id, sold_at), (sold_at))',
      /^a grouping set/,
    ],
    [
      'a group by month',
      "select max(sale_id) as sale_id, date_trunc('month', sold_at) as sold_at from bronze.sales group by date_trunc('month', sold_at)",
      /^an aggregate/,
    ],
    [
      'a window over days',
      `with v as (select sale_id, sold_at, ${LAST} as r from bronze.sales) select sale_id, sold_at from v where r = 1`,
      /^the window of row_number/,
    ],
    [
      'a frame of rows',
      'select max(sale_id) over (order by sold_at rows between 2 preceding and current row) as sale_id, sold_at from bronze.sales',
      /^the window of max/,
      `${FROM}\nlookback: 2`,
    ],
    [
      'a frame of time beyond the lookback',
      "select max(sale_id) over (order by sold_at range between interval '49' hour preceding and current row) as sale_id, sold_at from bronze.sales",
      /^the window of max/,
      `${FROM}\nlookback: 2`,
    ],
    [
      'a frame of time to come',
      "select max(sale_id) over (order by sold_at range between current row and interval '1' day following) as sale_id, sold_at from bronze.sales",
      /^the window of max/,
      `${FROM}\nlookback: 2`,
    ],
    [
      'distinct rows of several days',
      'select s.sale_id, b.sold_at from (select distinct sale_id from bronze.sales) s join bronze.sales b on b.sale_id = s.sale_id',
      /^distinct/,
    ],
    ['a limit', 'select sale_id, sold_at from bronze.sales limit 10', /^a limit/],
    [
      'a set of rows of several days',
      'select sale_id, sold_at from (select sale_id from bronze.sales intersect select customer_id from bronze.sales) i join bronze.sales using (sale_id)',
      /^this intersect/,
    ],
    [
      'a join by something else',
      'select a.sale_id, a.sold_at from bronze.sales a join bronze.sales b on a.customer_id = b.customer_id',
      /^a join/,
    ],
    [
      'relations side by side',
      'select a.sale_id, a.sold_at from bronze.sales a, bronze.sales b where a.customer_id = b.customer_id',
      /^a join/,
    ],
    [
      'a join that keeps rows of another table',
      'select s.sale_id, s.sold_at from silver.names n left join bronze.sales s on s.customer_id = n.name',
      /^a left join/,
    ],
    [
      'a full join',
      'select a.sale_id, a.sold_at from bronze.sales a full join bronze.sales b on a.sold_at = b.sold_at',
      /^a full join/,
    ],
    [
      'a subquery over days',
      'select sale_id, sold_at from bronze.sales where customer_id in (select customer_id from bronze.sales)',
      /^a subquery over bronze.sales/,
    ],
    [
      'a group by key of rows that met by day',
      'select a.sale_id, max(a.sold_at) as sold_at from bronze.sales a join bronze.sales b on a.sold_at = b.sold_at group by a.sale_id, a.customer_id',
      /^an aggregate/,
      KEYED,
    ],
    [
      'a union whose keys are none',
      "with v as (select sale_id, customer_id, sold_at from bronze.sales union all select 'x', customer_id, sold_at from bronze.sales) select sale_id, max(sold_at) as sold_at from v group by sale_id, customer_id",
      /^an aggregate/,
      KEYED,
    ],
    [
      'a day that is computed',
      "select sale_id, sold_at + interval '1' day as sold_at from bronze.sales",
      /it cannot be seen that sold_at lies in the same day/,
    ],
    [
      'the day of an outer partner',
      'select a.sale_id, b.sold_at from bronze.sales a left join bronze.sales b on a.sold_at = b.sold_at',
      /it cannot be seen/,
    ],
  ])('may not have %s', (_what, sql, message, from = FROM) => {
    const error = errorOf(partitioned(sql, `${BY_DAY}\n${from}`), names);
    expect(error).toMatchObject({ code: 'not_local', message: expect.stringMatching(message) });
    expect(error.where).toMatch(/^sql\/silver\/sales\.sql:\d+/);
  });

  it('names the place of what it refuses', () => {
    const sql = `select sale_id,\n  sum(quantity) over (partition by sale_id) as sold_at\nfrom bronze.sales`;
    expect(errorOf(partitioned(sql)).where).toBe('sql/silver/sales.sql:13:3');
  });

  const plain = 'select sale_id, sold_at from bronze.sales';

  it.each<[string, string, RegExp]>([
    ['no partition', FROM, /one partition column/],
    [
      'two partitions',
      `partition_by: [{column: sold_at, transform: day}, {column: sale_id, transform: identity}]\n${FROM}`,
      /one partition column/,
    ],
    ['an identity', `partition_by: [{column: sale_id, transform: identity}]\n${FROM}`, /one partition column/],
    ['a partition of text', `partition_by: [{column: sale_id, transform: day}]\n${FROM}`, /has no day/],
    ['no input', BY_DAY, /says from which inputs/],
    [
      'an input that it does not read',
      `${BY_DAY}\npartitions_from: {bronze.other: sold_at}`,
      /does not read bronze.other/,
    ],
    ['an input by a text', `${BY_DAY}\npartitions_from: {bronze.sales: sale_id}`, /has no day/],
    [
      'a key that is no column',
      `${BY_DAY}\npartitions_from: {bronze.sales: {column: sold_at, key: [sale]}}`,
      /no column "sale"/,
    ],
    ['the version of a merge', `${BY_DAY}\n${FROM}\nversion: [sold_at]`, /belongs to models of kind merge/],
  ])('with %s is refused', (_what, header, message) => {
    expect(errorOf(partitioned(plain, header)).message).toMatch(message);
  });

  const above = (header: string): ModelSketch => ({
    ...partitioned('select sale_id, sold_at from silver.sales', `${BY_DAY}\n${header}`),
    path: 'sql/gold/star/above.sql',
  });

  it('takes partitions from a table that has them, and follows no keys there', () => {
    const below = partitioned(plain);
    expect(() => compileSketches(below, above('partitions_from: {silver.sales: sold_at}'))).not.toThrow();
    const whole: ModelSketch = { ...below, kind: 'table', header: '' };
    expect(errorOf(whole, above('partitions_from: {silver.sales: sold_at}')).message).toMatch(/not partitioned by/);
    const keyed = above('partitions_from: {silver.sales: {column: sold_at, key: [sale_id]}}');
    expect(errorOf(below, keyed).message).toMatch(/cannot be followed by key/);
  });

  it('has a reason to be one: other kinds have no such properties', () => {
    expect(errorOf({ ...silverSales, header: FROM }).message).toMatch(/partitions_from belongs to models of kind/);
    expect(errorOf({ ...silverSales, header: 'lookback: 1' }).message).toMatch(/lookback belongs to/);
  });
});

/** A table that is read whole. */
const names: ModelSketch = {
  path: 'sql/silver/names.sql',
  columns: ['name varchar'],
  sql: 'select distinct customer_id as name from bronze.sales',
};

describe('a merged model', () => {
  const merged = (
    sql: string,
    header = 'key: [sale_id]\nversion: [sold_at]',
    columns = ['sale_id varchar', 'sold_at timestamp'],
  ): ModelSketch => ({
    kind: 'merge',
    columns,
    header,
    sql,
  });
  const plain = 'select sale_id, sold_at from bronze.sales';

  it('knows its key, its version and its tombstones', () => {
    const columns = ['sale_id varchar', 'sold_at timestamp', 'gone boolean'];
    const sql = 'select sale_id, sold_at, quantity = 0 as gone from bronze.sales';
    const { merge, mergeSql } = compileSketch(
      merged(sql, 'key: [sale_id]\nversion: [sold_at]\ntombstone: gone', columns),
    );
    expect(merge).toEqual({ key: ['sale_id'], version: ['sold_at'], tombstone: 'gone' });
    expect(mergeSql?.tombstones?.duckdb).toContain('tombstones');
    expect(compileSketch(merged(plain)).mergeSql?.tombstones).toBeNull();
  });

  it.each([
    ['conditions', `${plain} where quantity > 0`],
    ['unions', `${plain} union all select customer_id, sold_at from bronze.sales`],
    [
      'joins with tables that are read whole',
      `select s.sale_id, s.sold_at from bronze.sales s left join silver.names n on n.name = s.customer_id`,
    ],
    ['parts of a row', 'select t.tag as sale_id, sold_at from bronze.sales cross join unnest(tags) as t(tag)'],
  ])('may have %s', (_what, sql) => {
    expect(() => compileSketches(merged(sql), names)).not.toThrow();
  });

  it.each([
    ['groups', 'select sale_id, max(sold_at) as sold_at from bronze.sales group by sale_id'],
    [
      'windows',
      `select sale_id, sold_at from (select sale_id, sold_at, ${LAST} as r from bronze.sales) as v where r = 1`,
    ],
    ['distinct rows', 'select distinct sale_id, sold_at from bronze.sales'],
    [
      'joins of new rows',
      'select a.sale_id, a.sold_at from bronze.sales a join bronze.sales b on a.sale_id = b.sale_id',
    ],
    ['subqueries over new rows', `${plain} where sale_id in (select sale_id from bronze.sales)`],
    ['limits', `${plain} limit 1`],
  ])('may not have %s', (_what, sql) => {
    expect(errorOf(merged(sql), names)).toMatchObject({
      code: 'not_local',
      message: expect.stringMatching(/of a source/),
    });
  });

  it.each<[string, string, RegExp]>([
    ['no key', 'version: [sold_at]', /has a key/],
    ['no version', 'key: [sale_id]', /which of two rows is later/],
    ['a key that is no column', 'key: [sale]\nversion: [sold_at]', /no column "sale"/],
    ['a tombstone that is no boolean', 'key: [sale_id]\nversion: [sold_at]\ntombstone: sale_id', /not boolean/],
    ['a partition that its key does not tell', `key: [sale_id]\nversion: [sold_at]\n${BY_DAY}`, /not part of the key/],
    [
      'rows set aside',
      'key: [sale_id]\nversion: [sold_at]\nchecks:\n  - unique: {columns: [sale_id], action: quarantine}',
      /cannot set rows aside/,
    ],
  ])('with %s is refused', (_what, header, message) => {
    expect(errorOf(merged(plain, header)).message).toMatch(message);
  });

  it('reads at least one source', () => {
    const gold = { ...merged('select sale_id, sold_at from silver.sales'), path: 'sql/gold/star/last.sql' };
    expect(errorOf(merged(plain), gold).message).toMatch(/reads none/);
  });
});

describe('columns that record the run', () => {
  const recorded: ModelSketch = {
    columns: ['sale_id varchar', 'updated_at timestamp {records_run: true}'],
    sql: 'select sale_id, cast(current_timestamp as timestamp) as updated_at from bronze.sales',
  };

  it('do not make a model depend on the logical date', () => {
    expect(compileSketch(recorded).usesLogicalDate).toBe(false);
    const dated = { ...recorded, sql: `${recorded.sql} where sold_at < current_timestamp` };
    expect(compileSketch(dated).usesLogicalDate).toBe(true);
  });

  it('cannot be read by other tables, which would not be built when they change', () => {
    const reader = (path: string, kind: string): ModelSketch => ({
      path,
      kind,
      columns: ['sale_id varchar'],
      sql: 'select sale_id from silver.sales where updated_at is not null',
    });
    expect(errorOf(recorded, reader('sql/gold/star/reader.sql', 'table'))).toMatchObject({
      code: 'reads_run_record',
      where: 'sql/gold/star/reader.sql:9:40',
    });
    expect(() => compileSketches(recorded, reader('sql/marts/reader.sql', 'view'))).not.toThrow();
  });
});

describe('the logic hash', () => {
  const hash = (sql: string): string => compileSketch({ ...silverSales, sql }).logicHash;
  const original = hash(
    'select sale_id, customer_id, amount as amount from bronze.sales where quantity > 1 and quantity <> 3',
  );

  it.each([
    [
      'needless words',
      'select all sale_id, customer_id, amount amount from bronze.sales where quantity > 1 and quantity <> 3',
    ],
    [
      'needless parentheses',
      'select sale_id, customer_id, ((amount)) as amount from bronze.sales where ((quantity > 1) and quantity <> 3)',
    ],
    [
      'quoted names',
      'select "sale_id", customer_id, "AMOUNT" as amount from bronze."sales" where quantity > 1 and quantity <> 3',
    ],
    [
      'another spelling',
      'select sale_id, customer_id, amount as amount from bronze.sales where quantity > 1 and quantity != 3',
    ],
  ])('does not change with %s', (_what, sql) => {
    expect(hash(sql)).toBe(original);
  });
});
