import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { countries as countriesContract } from '../../../events/contracts/countries.ts';
import { exchangeRates as ratesContract } from '../../../events/contracts/exchange-rates.ts';
import { holidays as holidaysContract } from '../../../events/contracts/holidays.ts';
import { contractOf } from '../../../events/contracts/index.ts';
import { readFile as readRecords } from '../../../events/readers/read-file.ts';
import { REFERENCE_FILES, type ReferenceFile, referencePath, referenceText } from '../../../events/reference/files.ts';
import { countries, exchangeRates, holidays, ratePerEuro } from '../../../events/reference/index.ts';
import { columnLayout, objectLayout } from '../../../events/validator/layout.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';

const RETAILER = ['CA', 'DE', 'ES', 'FR', 'GB', 'IE', 'IT', 'JP', 'NL', 'US'];
const every = RETAILER.flatMap((country) => holidays({ country, from: '0000', to: '9999' }));
const all = countries();
const codes = all.map(({ country_code }) => country_code);

/** Problems of records by their contract, as ingestion would find them. */
function problems(contract: ConstructorParameters<typeof RowBatch>[0], records: readonly object[]): unknown[] {
  const layout = objectLayout(contract);
  const batch = new RowBatch(contract, records.length);
  return records.flatMap((record) => batch.push(layout.values({ ...record })));
}

const header = (file: ReferenceFile): string[] => (referenceText(file).split('\n')[0] ?? '').split(',');

function duplicates(values: readonly unknown[]): unknown[] {
  const seen = new Set<unknown>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

/** Numbers of records that ingestion takes and refuses of a bundled file. */
async function ingest(file: ReferenceFile): Promise<{ accepted: number; refused: number }> {
  const bytes = await readFile(referencePath(file));
  const contract = contractOf(file.source);
  if (contract === undefined) throw new Error(`${file.source} has no contract`);
  const batch = new RowBatch(contract, 100_000);
  const records = objectLayout(contract);
  let columns: ReturnType<typeof columnLayout> | undefined;
  let refused = 0;
  const push = (values: readonly unknown[] | undefined): void => {
    if (values === undefined || batch.push(values).length > 0) refused++;
  };
  await readRecords(
    {
      ...file,
      bytes: bytes.length,
      read: async (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
      stream: async () => Readable.from([bytes]),
    },
    {
      columns: (names) => {
        columns = columnLayout(contract, names);
      },
      row: (values) => push(columns?.values(values)),
      object: (record) => push(records.values(record)),
      refuse: () => push(undefined),
      drain: async () => {},
    },
  );
  return { accepted: batch.length, refused };
}

describe('the bundled files', () => {
  it('are taken in whole', async () => {
    expect(await ingest(REFERENCE_FILES.exchangeRates)).toEqual({
      accepted: exchangeRates('0000', '9999').length,
      refused: 0,
    });
    expect(await ingest(REFERENCE_FILES.countries)).toEqual({ accepted: 195, refused: 0 });
    expect(await ingest(REFERENCE_FILES.holidays)).toEqual({ accepted: every.length, refused: 0 });
  });
});

describe('exchange rates', () => {
  const rates = exchangeRates('2015-01-01', '2100-01-01');

  it('are what their contract says, each day and currency once', () => {
    expect(problems(ratesContract, rates)).toEqual([]);
    expect(duplicates(rates.map(({ rate_date, quote_currency }) => `${rate_date} ${quote_currency}`))).toEqual([]);
    expect(header(REFERENCE_FILES.exchangeRates)).toEqual(Object.keys(ratesContract.fields));
  });

  it('are those that the central bank has published', () => {
    const of = (date: string) => exchangeRates(date, date);
    expect(of('2017-06-01')).toContainEqual({
      rate_date: '2017-06-01',
      base_currency: 'EUR',
      quote_currency: 'USD',
      rate: '1.1219',
      published_at: '2017-06-01T15:00:00Z',
    });
    expect(of('2026-10-30').map(({ quote_currency }) => quote_currency)).toEqual(
      expect.arrayContaining(['GBP', 'USD', 'JPY', 'CHF', 'CAD']),
    );
    expect(of('2026-10-31'), 'a Saturday').toEqual([]);
  });

  it('begin before 2016, go on until October 2026 at least, and leave out no more days than Easter', () => {
    const days = [...new Set(rates.map(({ rate_date }) => rate_date))].map((day) => Date.parse(day) / 86_400_000);
    expect(rates[0]?.rate_date).toBe('2015-12-31');
    expect(rates.at(-1)?.rate_date ?? '').toMatch(/^(2026-1|202[7-9]|20[3-9])/);
    expect(Math.max(...days.slice(1).map((day, index) => day - (days[index] ?? 0)))).toBeLessThanOrEqual(5);
  });

  it('hold until the next, and are unknown before the first', () => {
    expect(ratePerEuro('GBP', '2026-10-30')).toBe(0.8338);
    expect(ratePerEuro('GBP', '2026-11-01')).toBe(0.8338);
    expect(ratePerEuro('EUR', '1990-01-01')).toBe(1);
    expect(() => ratePerEuro('GBP', '2015-12-30')).toThrow('there is no rate of GBP on 2015-12-30');
    expect(() => ratePerEuro('XXX', '2026-10-30')).toThrow('there is no rate of XXX');
  });
});

describe('countries', () => {
  it('are 195, and what their contract says', () => {
    expect(all).toHaveLength(195);
    expect(problems(countriesContract, all)).toEqual([]);
    for (const key of ['country_code', 'country_code_3', 'country_name', 'official_name'] as const) {
      expect(duplicates(all.map((country) => country[key]))).toEqual([]);
    }
    expect(codes).toEqual([...codes].sort());
  });

  it('leave nothing out but aliases', () => {
    const missing = all.flatMap((country) =>
      Object.entries(country).flatMap(([name, value]) => (value === null || value === '' ? [name] : [])),
    );
    expect([...new Set(missing)]).toEqual(['aliases']);
    expect(new Set(all.flatMap((country) => Object.keys(country)))).toEqual(
      new Set(Object.keys(countriesContract.fields)),
    );
  });

  it('have codes, currencies, languages and time zones that are known elsewhere', () => {
    const region = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    const language = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
    const currencies = new Set(Intl.supportedValuesOf('currency'));
    for (const { country_code, country_code_3, currency_code, languages, timezone, calling_code } of all) {
      expect(region.of(country_code), country_code).toBeDefined();
      expect(country_code_3).toMatch(/^[A-Z]{3}$/);
      expect(currencies.has(currency_code), currency_code).toBe(true);
      for (const code of languages?.split('|') ?? []) expect(language.of(code), code).toBeDefined();
      expect(() => new Intl.DateTimeFormat('en', { timeZone: timezone }), timezone).not.toThrow();
      expect(calling_code).toMatch(/^\+[0-9]{1,4}$/);
    }
  });

  it('have no spelling in common', () => {
    const spellings = all.flatMap((country) => {
      const { country_code, country_code_3, country_name, official_name, aliases } = country;
      const names = [country_code, country_code_3, country_name, official_name ?? '', ...(aliases?.split('|') ?? [])];
      return [...new Set(names.map((name) => name.toLowerCase()))];
    });
    expect(duplicates(spellings)).toEqual([]);
    expect(all.find(({ country_code }) => country_code === 'GB')?.aliases?.split('|')).toContain('UK');
  });

  it('have plausible figures', () => {
    const inhabitants = all.reduce((sum, { population }) => sum + Number(population), 0);
    expect(inhabitants).toBeGreaterThan(7.9e9);
    expect(inhabitants).toBeLessThan(8.5e9);
    for (const { country_name, gdp_per_capita, population, tax_rate } of all) {
      expect(Number(gdp_per_capita), country_name).toBeGreaterThan(500);
      expect(Number(gdp_per_capita), country_name).toBeLessThan(260_000);
      expect(Number(population), country_name).toBeGreaterThanOrEqual(500);
      expect(Number(tax_rate), country_name).toBeLessThanOrEqual(0.27);
    }
    const members = all.filter(({ is_eu_member }) => is_eu_member);
    expect(members).toHaveLength(27);
    for (const { country_name, tax_rate } of members) {
      expect(Number(tax_rate), `the Union's least, in ${country_name}`).toBeGreaterThanOrEqual(0.15);
    }
  });

  it('tell the time that their longitude makes one expect, within the four hours that states allow themselves', () => {
    for (const { country_name, timezone, longitude } of all) {
      const at = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
      const name = at.formatToParts(Date.UTC(2026, 0, 1)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, hours = '0', minutes = '0'] = /([+-]\d+):(\d+)/.exec(name) ?? [];
      const offset = Number(hours) + Math.sign(Number(hours)) * (Number(minutes) / 60);
      const difference = Math.abs(offset - Number(longitude) / 15);
      expect(Math.min(difference, 24 - difference), country_name).toBeLessThan(4.1);
    }
  });
});

describe('holidays', () => {
  const of = (country: string, year: number) =>
    holidays({ country, from: `${year}-01-01`, to: `${year}-12-31` }).filter(({ is_public }) => is_public);

  it('are what their contract says, each once', () => {
    expect(problems(holidaysContract, every)).toEqual([]);
    expect(duplicates(every.map((day) => `${day.holiday_date} ${day.region_code} ${day.holiday_name}`))).toEqual([]);
    expect(every).toHaveLength(referenceText(REFERENCE_FILES.holidays).trimEnd().split('\n').length - 1);
    expect(header(REFERENCE_FILES.holidays)).toEqual(Object.keys(holidaysContract.fields));
  });

  it('are known of all years and countries of the retailer', () => {
    for (const country of RETAILER) {
      for (let year = 2016; year <= 2028; year++) {
        const days = new Set(of(country, year).map(({ holiday_date }) => holiday_date));
        // Spain gives up or moves what falls on a Sunday.
        if (country !== 'ES') expect(days.has(`${year}-01-01`), `${country} ${year}`).toBe(true);
        expect(days.size, `${country} ${year}`).toBeGreaterThanOrEqual(5);
        expect(days.size, `${country} ${year}`).toBeLessThanOrEqual(60);
      }
    }
  });

  it('belong to a country or to a part of it, and only observances are working days', () => {
    for (const { country_code, region_code, holiday_type, is_public } of every) {
      expect([country_code, `${country_code}-`]).toContain(region_code.slice(0, country_code === region_code ? 2 : 3));
      expect(is_public).toBe(holiday_type !== 'observance');
    }
  });

  it('include those of parts of a country, substitutes, and days that shops prepare for', () => {
    const gb = holidays({ country: 'GB', from: '2026-11-01', to: '2026-12-31' });
    const days = gb.map((day) => `${day.holiday_date} ${day.region_code} ${day.holiday_type}`);
    expect(days).toContain('2026-11-27 GB observance');
    expect(days).toContain('2026-11-30 GB-SCT public');
    expect(days).toContain('2026-12-28 GB substitute');
  });
});
