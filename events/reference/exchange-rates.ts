import { TributaryError } from '../../common/errors.ts';
import type { exchangeRates as contract } from '../contracts/exchange-rates.ts';
import type { Row } from '../contracts/row.ts';
import { REFERENCE_FILES, referenceRecords } from './files.ts';

export type ExchangeRate = Row<typeof contract>;

function read(): readonly ExchangeRate[] {
  return referenceRecords(REFERENCE_FILES.exchangeRates).map(
    ([rate_date = '', base_currency = '', quote_currency = '', rate = '', published_at = '']) => ({
      rate_date,
      base_currency,
      quote_currency,
      rate,
      published_at,
    }),
  );
}

let rates: readonly ExchangeRate[] | undefined;

const all = (): readonly ExchangeRate[] => {
  rates ??= read();
  return rates;
};

/**
 * The bundled rates of the days from `from` to `to` (`yyyy-mm-dd`, both included), by day and currency. Days without
 * publication have none.
 */
export const exchangeRates = (from: string, to: string): readonly ExchangeRate[] =>
  all().filter(({ rate_date }) => rate_date >= from && rate_date <= to);

type Published = readonly (readonly [date: string, rate: number])[];

let published: ReadonlyMap<string, Published> | undefined;

function byCurrency(): ReadonlyMap<string, Published> {
  const groups = Map.groupBy(all(), ({ quote_currency }) => quote_currency);
  return new Map(
    [...groups].map(([currency, some]) => [
      currency,
      some.map(({ rate_date, rate }) => [rate_date, Number(rate)] as const),
    ]),
  );
}

/**
 * Units of a currency that one euro is worth on a day, by the last rate published until then. Good for making prices
 * up; the lake converts with exact decimals. Throws `unknown_rate` for currencies and days before the first that have none.
 */
export function ratePerEuro(currency: string, date: string): number {
  if (currency === 'EUR') return 1;
  published ??= byCurrency();
  const found = published.get(currency)?.findLast(([day]) => day <= date);
  if (found === undefined) {
    throw new TributaryError({ code: 'unknown_rate', message: `there is no rate of ${currency} on ${date}` });
  }
  return found[1];
}
