import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { countries, exchangeRates, holidays } from '../../../events/reference/index.ts';
import { Lake, type Row } from './lake.ts';

/** The models about reference data, over what is bundled. */
const manifest = await compileProject(join(import.meta.dirname, '../../..'));
const TABLES = ['exchange_rates', 'countries', 'country_names', 'holidays'].map((name) => `silver.${name}`);

let lake: Lake;

const model = (table: string) => {
  const found = manifest.models.find(({ name }) => name === table);
  if (found === undefined) throw new Error(`there is no model ${table}`);
  return found;
};

const RECEIVED = { _ingested_at: '2026-11-01 00:00:00', _origin: 'file' };
const received = (records: readonly object[]): Row[] =>
  records.map((record, index) => ({ ...(record as Row), ...RECEIVED, _position: String(index + 1) }));

beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2026-10-31');
  await lake.fill('bronze.exchange_rates', received(exchangeRates('2026-01-01', '2026-10-30')));
  await lake.fill('bronze.countries', received(countries()));
  const retailer = ['GB', 'DE', 'US'];
  const days = retailer.flatMap((country) => holidays({ country, from: '2016-01-01', to: '2028-12-31' }));
  await lake.fill('bronze.holidays', received(days));
  await lake.fill('silver.order_lines', [
    { transaction_at: '2016-06-01 00:00:00' },
    { transaction_at: '2028-06-01 00:00:00' },
  ]);
  for (const table of [...TABLES, 'gold.dim_country', 'gold.dim_date']) await lake.build(model(table));
});
afterAll(() => lake.close());

describe('the bundled reference data', () => {
  it.each([...TABLES, 'gold.dim_country'])('passes every check of %s, the warnings included', async (table) => {
    const failures = await lake.audit(model(table));
    expect(Object.entries(failures).filter(([, count]) => count !== 0)).toEqual([]);
  });

  it('gives 195 countries, each found by the ways in which sources write it', async () => {
    expect(await lake.rows('gold.dim_country')).toHaveLength(195);
    const found = await lake.rows('silver.country_names', undefined, "country_code = 'GB'");
    const names = found.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['gb', 'gbr', 'uk', 'united kingdom', 'great britain']));
  });

  it('gives every currency a rate for every day', async () => {
    const days = (Date.parse('2026-10-31') - Date.parse('2026-01-02')) / 86_400_000 + 1;
    const rows = await lake.rows(
      'silver.exchange_rates',
      undefined,
      "rate_date between date '2026-01-02' and date '2026-10-31' and not is_estimated",
    );
    const byCurrency = Map.groupBy(rows, ({ currency }) => currency);
    expect(byCurrency.size).toBe(30);
    for (const [currency, some] of byCurrency) expect(some.length, String(currency)).toBe(days);
  });

  it('gives rates that undo one another', async () => {
    const rows = await lake.rows('silver.exchange_rates', undefined, "rate_date = date '2026-10-31'");
    for (const { currency, rate_to_base, rate_from_base } of rows) {
      expect(Number(rate_to_base) * Number(rate_from_base), String(currency)).toBeCloseTo(1, 6);
    }
  });

  it('has the bank holidays that the calendar makes by rule, and no others', async () => {
    const calendar = await lake.rows('gold.dim_date', undefined, 'is_holiday');
    const england = holidays({ country: 'GB', from: '2016-01-01', to: '2028-12-31' }).filter(
      ({ region_code, is_public }) => is_public && ['GB', 'GB-ENG'].includes(region_code),
    );
    const days = [...new Set(england.map(({ holiday_date }) => holiday_date))].sort();
    expect(calendar.map(({ date }) => date).sort()).toEqual(days);
    expect(days.length).toBeGreaterThan(13 * 8);
  });
});
