import type { GeneratorOptions } from '../emission.ts';

/** How much there is of everything; all of it grows with the scale. */
export interface Size {
  readonly products: number;
  readonly stores: number;
  readonly customers: number;
  /** Per day. */
  readonly baskets: number;
  readonly shopOrders: number;
  readonly invoices: number;
  readonly inventoryRecords: number;
  readonly pageViews: number;
}

/** The smallest world still has something to choose from. */
const FEWEST_PRODUCTS = 60;
const FEWEST_STORES = 5;
const FEWEST_CUSTOMERS = 50;

export function sizeOf({ scale }: GeneratorOptions): Size {
  return {
    products: Math.max(FEWEST_PRODUCTS, Math.round(500 * scale)),
    stores: Math.max(FEWEST_STORES, Math.round(50 * scale)),
    customers: Math.max(FEWEST_CUSTOMERS, Math.round(10_000 * scale)),
    baskets: 3_950 * scale,
    shopOrders: 720 * scale,
    invoices: 150 * scale,
    inventoryRecords: 10_000 * scale,
    pageViews: 50_000 * scale,
  };
}
