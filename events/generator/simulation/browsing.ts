import type { Assortment } from '../demand/assortment.ts';
import { exponential, geometric } from '../random/distributions.ts';
import type { Random } from '../random/random.ts';
import type { EventType, Step } from '../sources/page-views.ts';
import type { Product } from '../world/products.ts';

/** What visitors of the shop see. */
export interface ShopWindow {
  readonly assortment: Assortment;
  readonly products: readonly Product[];
}

const MEAN_SECONDS = 35;
const INFORMATION = ['/help/delivery', '/help/returns', '/stores', '/about', '/gift-cards'] as const;

/** Builds what a visitor does, a step after the other. */
class Path {
  readonly steps: Step[] = [];
  readonly #random: Random;
  readonly #window: ShopWindow;
  readonly #meanSeconds: number;

  constructor(random: Random, window: ShopWindow, meanSeconds = MEAN_SECONDS) {
    this.#random = random;
    this.#window = window;
    this.#meanSeconds = meanSeconds;
  }

  add(type: EventType, path: string, productId: string | null = null, searchTerm: string | null = null): this {
    const duration = Math.round(300 + 1000 * exponential(this.#random, 1 / this.#meanSeconds));
    this.steps.push({ type, path, productId, searchTerm, duration: Math.min(duration, 600_000) });
    return this;
  }

  home(): this {
    return this.add('page_view', '/');
  }

  category(product: Product): this {
    return this.add('page_view', `/c/${product.category.code.toLowerCase()}`);
  }

  search(product: Product): this {
    const term = (product.shopTitle.split(' in ')[0] ?? '').toLowerCase();
    return this.add('search', '/search', null, this.#random.chance(0.5) ? (term.split(' ').at(-1) ?? term) : term);
  }

  product({ shopId }: Product): this {
    return this.add('product_view', `/p/${shopId}`, shopId);
  }

  /** Finds a product the way people do, and looks at it. */
  find(product: Product): this {
    if (this.#random.chance(0.3)) this.search(product);
    else if (this.#random.chance(0.5)) this.category(product);
    return this.product(product);
  }

  /** Looks at something that draws attention. */
  glance(): Product {
    const { assortment, products } = this.#window;
    const product = products[assortment.drawSlot(this.#random)] as Product;
    this.find(product);
    return product;
  }
}

/** A visit that ends in an order of these products. */
export function purchaseSteps(random: Random, window: ShopWindow, bought: readonly Product[]): Step[] {
  const path = new Path(random, window);
  if (random.chance(0.6)) path.home();
  for (const product of bought) {
    if (random.chance(0.55)) path.glance();
    path.find(product).add('add_to_cart', '/cart', product.shopId);
  }
  if (random.chance(0.07)) {
    const { shopId } = path.glance();
    path.add('add_to_cart', '/cart', shopId).add('remove_from_cart', '/cart', shopId);
  }
  return path.add('page_view', '/cart').add('checkout', '/checkout').add('purchase', '/checkout/complete').steps;
}

/** A visit that ends in nothing: at a glance, in the cart or in the check-out. */
export function browsingSteps(random: Random, window: ShopWindow): Step[] {
  const path = new Path(random, window);
  if (random.chance(0.55)) path.home();
  const looks = 1 + Math.min(14, geometric(random, 0.38));
  for (let look = 0; look < looks; look++) {
    const product = path.glance();
    if (random.chance(0.09)) path.add('add_to_cart', '/cart', product.shopId);
  }
  if (random.chance(0.08)) path.add('page_view', random.pick(INFORMATION));
  const last = path.steps.findLast(({ type }) => type === 'add_to_cart');
  if (last && random.chance(0.25)) path.add('remove_from_cart', '/cart', last.productId);
  else if (last && random.chance(0.35)) path.add('checkout', '/checkout');
  if (random.chance(0.006)) path.add('error', '/error');
  return path.steps;
}

/** A program that reads the catalogue, page after page. */
export function botSteps(random: Random, window: ShopWindow): Step[] {
  const path = new Path(random, window, 0.8);
  const pages = random.between(20, 60);
  for (let page = 0; page < pages; page++) path.product(random.pick(window.products));
  return path.steps;
}
