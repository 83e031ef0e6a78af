import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../../cli/query/athena.ts';
import type { ColumnProfile, TableProfile, TableToProfile } from '../../../engine/profile/profile.ts';
import { profileTable } from '../../../engine/profile/profile-table.ts';
import { AthenaOnDuckDb } from '../../fixtures/athena-on-duckdb.ts';

const COLUMNS = [
  'id varchar',
  'segment varchar',
  'email varchar',
  'amount decimal(18,2)',
  'weight double',
  'sold_at timestamp',
  'day date',
  'is_new boolean',
  'tags array(varchar)',
  'nothing varchar',
  'same integer',
  'digits varchar',
];

/** Two hundred rows: amounts 1 to 199 and one of 10,000, one id twice, segments in mixed case, some with blanks. */
const ROWS = `select
  'id-' || case when i = 199 then 0 else i end as id,
  case when i % 20 = 0 then null when i % 4 = 1 then 'Basic' when i % 4 = 2 then 'basic' when i = 3 then ' basic' else 'premium' end as segment,
  'person' || (i % 50) || '@example.com' as email,
  (case when i = 0 then 10000 else i end)::decimal(18,2) as amount,
  case when i = 7 then 'nan'::double when i < 100 then null else i / 10.0 end as weight,
  timestamp '2026-01-01 00:00:00' + to_days(i) as sold_at,
  date '2026-01-01' + i::integer as day,
  i % 3 = 0 as is_new,
  ['a'] as tags,
  null::varchar as nothing,
  7::integer as same,
  i::varchar as digits
from range(200) t(i)`;

let athena: AthenaOnDuckDb;

beforeAll(async () => {
  athena = await AthenaOnDuckDb.open();
  await athena.table('silver.sales', COLUMNS, ROWS);
  await athena.table('silver.none', COLUMNS, `${ROWS} where false`);
});

afterAll(() => athena.close());

const run = (sql: string) => queryRows(sql, { workgroup: 'w', client: athena.client });

const tableOf = (name: string, columns = COLUMNS, hidden: readonly string[] = []): TableToProfile => ({
  name,
  key: ['id'],
  columns: columns.map((text) => {
    const [column = '', ...type] = text.split(' ');
    return { name: column, type: type.join(' '), isShown: !hidden.includes(column) };
  }),
});

let profile: TableProfile;

beforeAll(async () => {
  profile = await profileTable(tableOf('silver.sales', COLUMNS, ['email']), run);
});

function columnOf(name: string): ColumnProfile {
  const column = profile.columns.find((one) => one.name === name);
  if (column === undefined) throw new Error(`there is no ${name}`);
  return column;
}

describe('the profile of a table', () => {
  it('takes two queries, and counts rows and duplicates by key', () => {
    expect(athena.statements).toHaveLength(2);
    expect(profile).toMatchObject({ table: 'silver.sales', rows: 200, duplicates: { key: ['id'], rows: 1 } });
  });

  it('tells numbers by extremes, mean, quantiles and histogram', () => {
    const { numbers, nulls, min, max } = columnOf('amount');
    expect({ nulls, min, max }).toEqual({ nulls: 0, min: '1.00', max: '10000.00' });
    expect(numbers?.mean).toBeCloseTo((10_000 + (199 * 200) / 2) / 200);
    expect(numbers?.quantiles[2]).toBeGreaterThan(95);
    expect(numbers?.quantiles[2]).toBeLessThan(106);
    expect(numbers?.histogram).toHaveLength(10);
    expect(numbers?.histogram.map(({ rows }) => rows)).toEqual([199, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(numbers?.histogram[9]?.to).toBe(10_000);
  });

  it('finds outliers by quartiles and by deviations', () => {
    expect(columnOf('amount').numbers?.outliers).toEqual({ beyondFences: 1, beyondThreeDeviations: 1 });
    expect(columnOf('day').numbers?.outliers).toEqual({ beyondFences: 0, beyondThreeDeviations: 0 });
  });

  it('leaves NaN out of the numbers', () => {
    const { numbers, nulls } = columnOf('weight');
    expect(nulls).toBe(99);
    expect(numbers?.mean).toBeCloseTo(14.95);
  });

  it('tells dates and times by seconds, and says when', () => {
    expect(columnOf('sold_at')).toMatchObject({
      min: '2026-01-01 00:00:00.000',
      numbers: { histogram: { length: 10 } },
    });
    expect(columnOf('day').numbers?.histogram.reduce((sum, { rows }) => sum + rows, 0)).toBe(200);
  });

  it('counts the most frequent values, and none of a column that has a thousand', async () => {
    expect(columnOf('segment').top.slice(0, 2)).toEqual([
      { value: 'premium', rows: 89 },
      { value: 'Basic', rows: 50 },
    ]);
    expect(columnOf('is_new').top).toEqual([
      { value: 'false', rows: 133 },
      { value: 'true', rows: 67 },
    ]);
    await athena.table('silver.many', ['id varchar'], "select 'n' || i as id from range(3000) t(i)");
    const many = await profileTable(tableOf('silver.many', ['id varchar']), run);
    expect(many.columns[0]?.top).toEqual([]);
  });

  it('shows counts and no values of columns that may not be shown, and asks for none', () => {
    const email = columnOf('email');
    expect(email).toMatchObject({ isShown: false, min: null, max: null, numbers: null });
    expect(email.distinct).toBeGreaterThan(45);
    expect(email.top[0]).toEqual({ value: null, rows: 4 });
    expect(athena.statements[0]).not.toMatch(/(min|max)\("email"\)/);
  });

  it('only counts what has no order', () => {
    expect(columnOf('tags')).toMatchObject({ nulls: 0, distinct: null, min: null, numbers: null, top: [] });
  });

  it.each([
    ['id', /unique: a key\?/],
    ['segment', /differ only in case/],
    ['segment', /^1 value with leading or trailing blanks/],
    ['weight', /50 % missing/],
    ['amount', /^1 value beyond three standard deviations/],
    ['nothing', /always empty/],
    ['same', /constant column/],
    ['digits', /numbers as text/],
  ])('hints at %s: %s', (name, hint) => {
    expect(columnOf(name).hints).toContainEqual(expect.stringMatching(hint));
  });

  it('has no hint for columns that are as they should be', () => {
    expect(columnOf('day').hints).toEqual([]);
    expect(columnOf('is_new').hints).toEqual([]);
  });

  it('bears an empty table', async () => {
    const empty = await profileTable(tableOf('silver.none'), run);
    expect(empty).toMatchObject({ rows: 0, duplicates: { rows: 0 } });
    for (const column of empty.columns) expect(column).toMatchObject({ nulls: 0, top: [], numbers: null, hints: [] });
  });

  it('takes two queries for every forty columns of a wide table', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `n${index} integer`);
    await athena.table(
      'silver.wide',
      names,
      `select ${names.map((text) => `(i * 2)::integer as ${text.split(' ')[0]}`).join(', ')} from range(3) t(i)`,
    );
    const before = athena.statements.length;
    const wide = await profileTable({ ...tableOf('silver.wide', names), key: ['n0'] }, run);
    expect(athena.statements.length - before).toBe(6);
    expect(wide.columns.map(({ max }) => max)).toEqual(names.map(() => '4'));
  });

  it('puts each value into one range of the histogram, whatever the values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), {
          minLength: 1,
          maxLength: 20,
        }),
        async (values) => {
          const rows = values.map((value) => `(${value.toExponential()}::double)`).join(', ');
          await athena.table('silver.any', ['n double'], `select * from (values ${rows}) as t(n)`);
          const [column] = (await profileTable({ ...tableOf('silver.any', ['n double']), key: [] }, run)).columns;
          const histogram = column?.numbers?.histogram ?? [];
          if (histogram.length > 0) expect(histogram.reduce((sum, bin) => sum + bin.rows, 0)).toBe(values.length);
          else
            expect(Math.max(...values) - Math.min(...values)).toBeLessThan(1e-9 * Math.max(1, ...values.map(Math.abs)));
        },
      ),
      { numRuns: 25 },
    );
  });
});
