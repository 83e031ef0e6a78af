import { describe, expect, it } from 'vitest';
import { atVersion } from '../../../cli/query/at-version.ts';

const AT_SIX = "for timestamp as of timestamp '2026-01-31 06:00:00.000 UTC'";

describe('a query of an earlier version', () => {
  it('names the snapshot behind its table, before an alias', () => {
    expect(atVersion('select count(*) from gold.fact_sale f -- all', '42')).toBe(
      'select count(*) from gold.fact_sale for version as of 42 f -- all',
    );
  });

  it('reads all tables as they were at a time, but not those of the statement itself', () => {
    const sql =
      'with big as (select * from gold.fact_sale) select * from big join "awsdatacatalog"."silver" . "x y" as y on true';
    expect(atVersion(sql, '2026-01-31T06:00:00Z')).toBe(
      `with big as (select * from gold.fact_sale ${AT_SIX}) select * from big join "awsdatacatalog"."silver" . "x y" ${AT_SIX} as y on true`,
    );
  });

  it.each([
    ['2026-01-31', '2026-01-31 00:00:00.000'],
    ['2026-01-31 06:00', '2026-01-31 06:00:00.000'],
    ['2026-01-31T06:00:00.123', '2026-01-31 06:00:00.123'],
    ['2026-01-31T06:00:00+02:00', '2026-01-31 04:00:00.000'],
  ])('takes %s for the moment %s in UTC', (version, moment) => {
    expect(atVersion('select 1 from gold.t', version)).toBe(
      `select 1 from gold.t for timestamp as of timestamp '${moment} UTC'`,
    );
  });

  it('takes a table that is named twice for one', () => {
    expect(atVersion('select * from gold.t a, GOLD.T b', '7').match(/for version as of 7/g)).toHaveLength(2);
  });

  it.each(['yesterday', '2026-13-01', '2026-01-31T06', '-1', ''])(
    'refuses %j, which is neither id nor time',
    (version) => {
      expect(() => atVersion('select 1 from gold.t', version)).toThrow(
        expect.objectContaining({ code: 'bad_version' }),
      );
    },
  );

  it('refuses a snapshot where several tables or none are named', () => {
    expect(() => atVersion('select * from gold.a, gold.b', '1')).toThrow('gold.a, gold.b');
    expect(() => atVersion('select 1', '1')).toThrow('names none');
  });

  it('refuses a statement that names a version itself', () => {
    expect(() => atVersion('select * from gold.a for version as of 1', '2')).toThrow('names a version itself');
  });

  it.each(['bronze.pos_transactions', 'operations.builds', 'Marts.sales_by_day'])(
    'refuses %s, which has no versions',
    (table) => {
      expect(() => atVersion(`select * from ${table}`, '2026-01-31')).toThrow(
        expect.objectContaining({ code: 'no_versions' }),
      );
    },
  );

  it('refuses what is no query', () => {
    expect(() => atVersion('show tables', '1')).toThrow(expect.objectContaining({ code: 'sql_error' }));
  });
});
