import { Weighted } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';

/** The products that a place carries, each in a slot, and how likely customers take them. */
export class Assortment {
  /** Indices of products, ascending. */
  readonly products: Int32Array;
  readonly #weights: Float64Array;
  readonly #choice: Weighted;

  constructor(products: Iterable<number>) {
    this.products = Int32Array.from(products).sort();
    this.#weights = new Float64Array(this.products.length);
    this.#choice = new Weighted(this.#weights);
  }

  get size(): number {
    return this.products.length;
  }

  /** @param weights of all products on the day */
  beginDay(weights: Float64Array): void {
    for (let slot = 0; slot < this.size; slot++) this.#weights[slot] = weights[this.products[slot] ?? 0] ?? 0;
    this.#choice.assign(this.#weights);
  }

  drawSlot(random: Random): number {
    return this.#choice.draw(random);
  }

  /** Part of the choices that fall on a slot. */
  shareOf(slot: number): number {
    return (this.#weights[slot] ?? 0) / (this.#choice.total || 1);
  }

  isForSale(slot: number): boolean {
    return (this.#weights[slot] ?? 0) > 0;
  }

  /** Where a product is, by binary search; undefined where it is not carried. */
  slotOf(product: number): number | undefined {
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.products[middle] ?? 0;
      if (found === product) return middle;
      if (found < product) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}

/** So many different products, the popular ones more likely. */
export function assortmentOf(random: Random, popularity: Weighted, count: number, of: number): Assortment {
  const chosen = new Set<number>();
  // The unpopular rest of a nearly whole assortment is not waited for.
  for (let draws = 0; chosen.size < count && draws < 20 * count; draws++) chosen.add(popularity.draw(random));
  for (let product = 0; chosen.size < Math.min(count, of); product++) chosen.add(product);
  return new Assortment(chosen);
}
