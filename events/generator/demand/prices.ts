import { Random, STREAM } from '../random/random.ts';
import { localPrice, type Market } from '../world/markets.ts';
import { isOnSale, type Product } from '../world/products.ts';
import { categoryFactor } from './season.ts';

/** Chance that a product's price changes on a day, and that it is on promotion in a week. */
const CHANGE_RATE = 0.006;
const PROMOTION_RATE = 0.08;
const REDUCTIONS = [10, 15, 20, 25, 30] as const;

/** Prices of all products in all markets on the present day, and what they do to demand. */
export class Prices {
  /** Weight of each product in customers' choices on the day; 0 when it is not for sale. */
  readonly weights: Float64Array;
  readonly #products: readonly Product[];
  readonly #markets: readonly Market[];
  readonly #random: Random;
  /** Price against the first day's. */
  readonly #factors: Float64Array;
  readonly #local: Int32Array;
  /** Percentage off. */
  readonly #reductions: Uint8Array;

  constructor(seed: number, products: readonly Product[], markets: readonly Market[]) {
    this.#random = new Random(seed);
    this.#products = products;
    this.#markets = markets;
    this.#factors = new Float64Array(products.length).fill(1);
    this.#local = new Int32Array(products.length * markets.length);
    this.#reductions = new Uint8Array(products.length);
    this.weights = new Float64Array(products.length);
    for (const product of products) this.#reprice(product);
  }

  /** Moves on to a day. @returns products whose price has changed */
  beginDay(day: number, isFirst: boolean): readonly Product[] {
    const changed = isFirst ? [] : this.#products.filter((product) => this.#change(product, day));
    for (const product of this.#products) {
      this.#reductions[product.index] = this.#reduction(product, day);
      this.weights[product.index] = isOnSale(product, day) ? this.#weight(product, day) : 0;
    }
    return changed;
  }

  /** List price in the market's currency, in hundredths. */
  of(product: number, market: Market): number {
    return this.#local[product * this.#markets.length + market.index] ?? 0;
  }

  /** Percentage by which the week's promotion reduces the price; mostly 0. */
  reduction(product: number): number {
    return this.#reductions[product] ?? 0;
  }

  /** Recommended price at home, in pence. */
  recommended(product: Product): number {
    return Math.round(product.price * (this.#factors[product.index] ?? 1));
  }

  #change(product: Product, day: number): boolean {
    this.#random.at(STREAM.price, product.index, day);
    if (!this.#random.chance(CHANGE_RATE)) return false;
    this.#factors[product.index] = (this.#factors[product.index] ?? 1) * (0.88 + 0.26 * this.#random.next());
    this.#reprice(product);
    return true;
  }

  #reprice(product: Product): void {
    for (const market of this.#markets) {
      const at = product.index * this.#markets.length + market.index;
      this.#local[at] = localPrice(market, this.recommended(product));
    }
  }

  #reduction(product: Product, day: number): number {
    // Weeks begin on Monday.
    const week = Math.floor((day + 3) / 7);
    this.#random.at(STREAM.price, product.index, -week);
    return this.#random.chance(PROMOTION_RATE) ? this.#random.pick(REDUCTIONS) : 0;
  }

  #weight(product: Product, day: number): number {
    const price = (this.#factors[product.index] ?? 1) * (1 - this.reduction(product.index) / 100);
    return product.popularity * price ** -product.elasticity * categoryFactor(product.category.season, day);
  }
}
