import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceReport } from '../../../cli/commands/reference.ts';
import { loadReference } from '../../../cli/reference/load.ts';
import { RATES_URL, refreshRates } from '../../../cli/reference/refresh.ts';
import { fileId, ledgerKey } from '../../../events/intake/keys.ts';
import { type IntakeRecord, ledgerText } from '../../../events/intake/ledger.ts';
import { countries } from '../../../events/reference/countries.ts';
import { ratesCsv } from '../../../events/reference/ecb.ts';
import { REFERENCE_FILES, type ReferenceFile, referencePath, referenceText } from '../../../events/reference/files.ts';
import { memoryBucket } from './memory-bucket.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-reference-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('loading reference data', () => {
  const bucket = memoryBucket();
  const buckets = { landing: 'landing', operations: 'operations' } as Parameters<typeof loadReference>[0]['buckets'];
  const load = () => loadReference({ buckets }, () => {}, { client: bucket.client, pollMs: 1, patienceMs: 50 });
  const landed = () => [...bucket.objects.keys()].filter((key) => !/^(intake|loads)\//.test(key)).sort();
  const now = new Date();

  /** What ingestion notes about a file; the bucket in memory gives no ETag. */
  function givenIngested(source: string, name: string, received: number, accepted = received): void {
    const counts = { received, accepted, quarantined: 0 };
    const entry = { source, road: 'file', origin: name, status: 'ingested', ...counts } as unknown as IntakeRecord;
    bucket.objects.set(ledgerKey(now, fileId(`${source}/${name}`, '')), ledgerText([entry]));
  }

  const linesOf = (file: ReferenceFile) => referenceText(file).trimEnd().split('\n').length - 1;
  const ROWS = {
    exchangeRates: linesOf(REFERENCE_FILES.exchangeRates),
    countries: countries().length,
    holidays: linesOf(REFERENCE_FILES.holidays),
  };

  beforeEach(() => {
    bucket.objects.clear();
    for (const [key, { source, name }] of Object.entries(REFERENCE_FILES)) {
      givenIngested(source, name, ROWS[key as keyof typeof ROWS]);
    }
  });

  it('lands each file below its source, and counts what arrived', async () => {
    const result = await load();
    expect(landed()).toEqual([
      'countries/countries.json',
      'exchange_rates/exchange-rates.csv.gz',
      'holidays/holidays.csv',
    ]);
    expect(result.counts.countries).toEqual({ received: 195, accepted: 195, quarantined: 0 });
    expect(result.loadedBefore).toEqual([]);
    expect(referenceReport(result)).toContain(ROWS.exchangeRates.toLocaleString('en'));
  });

  it('sends nothing again', async () => {
    const first = await load();
    for (const key of landed()) bucket.objects.delete(key);
    const second = await load();
    expect(landed()).toEqual([]);
    expect(second.counts).toEqual(first.counts);
    expect(second.loadedBefore).toEqual(['exchange_rates', 'countries', 'holidays']);
    expect(referenceReport(second)).toContain('not sent again: exchange_rates, countries, holidays');
  });

  it('goes on where a killed load has landed a file and not seen it arrive', async () => {
    bucket.objects.delete(ledgerKey(now, fileId('holidays/holidays.csv', '')));
    await expect(load()).rejects.toMatchObject({ code: 'intake_stalled' });
    for (const key of landed()) bucket.objects.delete(key);
    givenIngested('holidays', 'holidays.csv', ROWS.holidays);
    await load();
    expect(landed()).toEqual([]);
  });

  it('fails when not all of a file arrived', async () => {
    givenIngested('countries', 'countries.json', 195, 194);
    await expect(load()).rejects.toMatchObject({ code: 'counts_differ' });
  });
});

describe('refreshing exchange rates', () => {
  const HISTORY = [
    'Date,USD,JPY,CYP,GBP,',
    '2099-01-05,1.1,170.5,N/A,0.84,',
    '2015-12-31,1.0887,131.07,N/A,0.73395,',
    '2015-12-30,1.0926,131.66,N/A,0.73799,',
  ].join('\r\n');
  const REFRESHED = [
    'rate_date,base_currency,quote_currency,rate,published_at',
    '2015-12-31,EUR,GBP,0.73395,2015-12-31T15:00:00Z',
    '2015-12-31,EUR,JPY,131.07,2015-12-31T15:00:00Z',
    '2015-12-31,EUR,USD,1.0887,2015-12-31T15:00:00Z',
    '2099-01-05,EUR,GBP,0.84,2099-01-05T15:00:00Z',
    '2099-01-05,EUR,JPY,170.5,2099-01-05T15:00:00Z',
    '2099-01-05,EUR,USD,1.1,2099-01-05T15:00:00Z',
    '',
  ].join('\n');
  const zip = (text: string, name = 'eurofxref-hist.csv') => zipSync({ [name]: strToU8(text) });
  const serving =
    (body: Uint8Array<ArrayBuffer> | string, status = 200): typeof fetch =>
    async (url) => {
      expect(url).toBe(RATES_URL);
      return new Response(body, { status, statusText: status === 200 ? 'OK' : 'Bad Gateway' });
    };
  const refresh = (get: typeof fetch) => refreshRates({ fetch: get, target: join(folder, 'rates.csv.gz') });
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (thrown: { code?: string }) => thrown.code,
    );

  it('takes the history by day and currency, without currencies that are no longer quoted', async () => {
    expect(await refresh(serving(zip(HISTORY)))).toEqual({ rows: 6, lastDay: '2099-01-05', hasChanged: true });
    expect(gunzipSync(await readFile(join(folder, 'rates.csv.gz'))).toString()).toBe(REFRESHED);
  });

  it('reads a copy of the file', async () => {
    const file = join(folder, 'eurofxref-hist.zip');
    await writeFile(file, zip(HISTORY));
    expect(await refreshRates({ file, target: join(folder, 'copy.csv.gz') })).toMatchObject({ rows: 6 });
    expect(await codeOf(refreshRates({ file: join(folder, 'none.zip') }))).toBe('unreadable_file');
  });

  it('says so when there is no network or the server has trouble', async () => {
    const offline = async () => {
      throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND www.ecb.europa.eu') });
    };
    await expect(refresh(offline)).rejects.toMatchObject({
      code: 'rates_unavailable',
      message: expect.stringContaining('getaddrinfo ENOTFOUND'),
    });
    await expect(refresh(serving('', 502))).rejects.toMatchObject({
      code: 'rates_unavailable',
      message: expect.stringContaining('502 Bad Gateway'),
    });
  });

  it.each([
    ['a web page instead of the archive', '<html>moved</html>'],
    ['an archive without the file', zip(HISTORY, 'readme.txt')],
    ['other columns', zip('day,USD\n2099-01-05,1.1')],
    ['no rows', zip('Date,USD,GBP,')],
    ['something that is no rate', zip('Date,USD,GBP,\n2099-01-05,1.1,"0,84",')],
    ['something that is no date', zip('Date,USD,GBP,\n04.01.2099,1.1,0.84,')],
  ])('refuses %s', async (_, body) => {
    expect(await codeOf(refresh(serving(body)))).toBe('rates_unreadable');
  });

  it('refuses a history that ends before the bundled one, and leaves one alone that is the same', async () => {
    expect(await codeOf(refresh(serving(zip(HISTORY.replace('2099', '2026')))))).toBe('rates_older');
    const before = await readFile(referencePath(REFERENCE_FILES.exchangeRates));
    expect(gunzipSync(before).toString()).toBe(referenceText(REFERENCE_FILES.exchangeRates));
  });

  it('makes of the bundled rates, written as the bank writes them, the bundled rates', () => {
    const [, ...rows] = referenceText(REFERENCE_FILES.exchangeRates).trimEnd().split('\n');
    const days = Map.groupBy(
      rows.map((row) => row.split(',')),
      ([date = '']) => date,
    );
    const currencies = [...new Set(rows.map((row) => row.split(',')[2] ?? ''))].reverse();
    const lines = [...days].map(([date, rates]) => {
      const byCurrency = new Map(rates.map(([, , currency = '', rate = '']) => [currency, rate]));
      return [date, ...currencies.map((currency) => byCurrency.get(currency) ?? 'N/A'), ''].join(',');
    });
    const history = [['Date', ...currencies, ''].join(','), ...lines.reverse()].join('\n');
    expect(ratesCsv(history)).toBe(referenceText(REFERENCE_FILES.exchangeRates));
  });
});
