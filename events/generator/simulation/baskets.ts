import { type BasketItem, drawBasket } from '../demand/basket.ts';
import type { Stock } from '../demand/stock.ts';
import type { Random } from '../random/random.ts';
import { includedTax, type Market, toPayable } from '../world/markets.ts';
import type { Retailer } from './retailer.ts';

/** A line of a sale; amounts in hundredths of the market's currency, tax included. */
export interface SaleLine extends BasketItem {
  readonly unitPrice: number;
  /** By the week's promotion. */
  readonly discount: number;
  /** By a coupon. */
  readonly coupon: number;
  readonly total: number;
  readonly tax: number;
}

/** Tries at most so often to put something into a basket whose products are sold out. */
const TRIES = 3;
/** Systems book no larger line, in hundredths of any currency: half a thousand pounds are 100,000 yen. */
const LARGEST_LINE = 10_000_000;

/**
 * What a customer wants and the place has. What is not there is not sold, but for mistakes in stock.
 *
 * @returns nothing when all that was wanted is sold out
 */
export function fillBasket(retailer: Retailer, market: Market, random: Random, stock: Stock): BasketItem[] {
  for (let tries = 0; tries < TRIES; tries++) {
    const wanted = drawBasket(random, stock.assortment, retailer.products).flatMap((item) => {
      const most = Math.floor(LARGEST_LINE / retailer.prices.of(item.product.index, market));
      return most > 0 ? [{ ...item, quantity: Math.min(item.quantity, most) }] : [];
    });
    const items = wanted.flatMap((item) => {
      const available = stock.available(item.slot);
      if (available >= item.quantity || random.chance(retailer.outbox.rates.negative_stock)) return [item];
      return available > 0 ? [{ ...item, quantity: available }] : [];
    });
    if (items.length > 0) return items;
  }
  return [];
}

/** @param couponPercentage taken off every line */
export function priced(
  retailer: Retailer,
  market: Market,
  items: readonly BasketItem[],
  couponPercentage: number,
): SaleLine[] {
  return items.map((item) => {
    const unitPrice = retailer.prices.of(item.product.index, market);
    const full = unitPrice * item.quantity;
    const discount = toPayable(market, (full * retailer.prices.reduction(item.product.index)) / 100);
    const coupon = toPayable(market, ((full - discount) * couponPercentage) / 100);
    const total = full - discount - coupon;
    return { ...item, unitPrice, discount, coupon, total, tax: includedTax(market, total) };
  });
}

/** Cost of the goods in hundredths of the market's currency. */
export const costOf = (market: Market, lines: readonly SaleLine[]): number =>
  lines.reduce((sum, { product, quantity }) => sum + toPayable(market, product.cost * quantity * market.perPound), 0);

export const sumOf = (lines: readonly SaleLine[], pick: (line: SaleLine) => number): number =>
  lines.reduce((sum, line) => sum + pick(line), 0);

/** A currency that amounts could be taken for. */
export const otherCurrency = (currency: string): string => (currency === 'GBP' ? 'EUR' : 'GBP');
