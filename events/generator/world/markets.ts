import { countries, holidays, ratePerEuro } from '../../reference/index.ts';
import { MARKETS, type Market as MarketData } from '../data/markets.ts';
import { dayOf, dayText } from '../time.ts';

export interface Market extends MarketData {
  readonly index: number;
  /** Standard rate of the tax that prices include. */
  readonly taxRate: number;
  /** Units of the currency that a pound is worth on the first day. */
  readonly perPound: number;
  /** Public holidays of the whole country, as days since 1970. */
  readonly holidays: ReadonlySet<number>;
}

const HOME_CURRENCY = 'GBP';

/** Countries that the retailer sells in, with what the reference data knows of them in the period. */
export function marketsOf(firstDay: number, lastDay: number): readonly Market[] {
  const [from, to] = [dayText(firstDay), dayText(lastDay)];
  const taxRates = new Map(countries().map(({ country_code, tax_rate }) => [country_code, Number(tax_rate)]));
  return MARKETS.map((market, index) => ({
    ...market,
    index,
    taxRate: taxRates.get(market.country) ?? 0,
    perPound: ratePerEuro(market.currency, from) / ratePerEuro(HOME_CURRENCY, from),
    holidays: new Set(
      holidays({ country: market.country, from, to })
        .filter(({ is_public, region_code }) => is_public && region_code === market.country)
        .map(({ holiday_date }) => dayOf(holiday_date)),
    ),
  }));
}

/**
 * A price as shops write it: ending in 9, or in whole tens of yen. All amounts are counted in hundredths of the
 * currency's unit, those of yen too.
 *
 * @param pence price in hundredths of a pound
 */
export function localPrice(market: Market, pence: number): number {
  const exact = pence * market.priceLevel * market.perPound;
  if (market.currency === 'JPY') return Math.max(1000, Math.round(exact / 1000) * 1000);
  return exact < 1000 ? Math.max(19, Math.round(exact / 10) * 10 - 1) : Math.round(exact / 50) * 50 - 1;
}

/** Hundredths of a currency in those of another market's, rounded to what can be paid. */
export function toPayable(market: Market, hundredths: number): number {
  return market.currency === 'JPY' ? Math.round(hundredths / 100) * 100 : Math.round(hundredths);
}

/** Tax that an amount includes, both in hundredths. */
export const includedTax = (market: Market, amount: number): number =>
  toPayable(market, (amount * market.taxRate) / (1 + market.taxRate));
