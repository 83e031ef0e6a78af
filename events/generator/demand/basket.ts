import { geometric, poisson } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';
import type { Product } from '../world/products.ts';
import type { Assortment } from './assortment.ts';

export interface BasketItem {
  readonly slot: number;
  readonly product: Product;
  readonly quantity: number;
}

const MEAN_FURTHER_LINES = 0.95;
const MOST_LINES = 12;

/** Units of a line: mostly one, more of what is cheap. */
const quantityOf = (random: Random, { price }: Product): number =>
  1 + Math.min(11, geometric(random, price < 800 ? 0.66 : 0.88));

/** What a customer puts into a basket: products by their weights, and what goes with them. No product comes twice. */
export function drawBasket(random: Random, assortment: Assortment, products: readonly Product[]): BasketItem[] {
  const items = new Map<number, BasketItem>();
  const add = (slot: number): Product => {
    const product = products[assortment.products[slot] ?? 0] as Product;
    if (!items.has(slot)) items.set(slot, { slot, product, quantity: quantityOf(random, product) });
    return product;
  };
  const wanted = Math.min(MOST_LINES, 1 + poisson(random, MEAN_FURTHER_LINES));
  for (let line = 0; line < wanted; line++) {
    const { complement, affinity } = add(assortment.drawSlot(random));
    const slot = complement === undefined ? undefined : assortment.slotOf(complement);
    if (slot !== undefined && random.chance(affinity) && assortment.isForSale(slot)) add(slot);
  }
  return [...items.values()];
}
