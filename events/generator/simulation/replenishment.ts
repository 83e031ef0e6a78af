import type { Supply } from '../demand/stock.ts';
import { Random, STREAM } from '../random/random.ts';
import type { ReceivedGoods } from './books.ts';
import type { Retailer } from './retailer.ts';

/** Books in what arrives in the morning. @returns what warehouses have received from suppliers */
export function receiveGoods({ warehouses, warehouseStock, storeStock, products, day }: Retailer): ReceivedGoods[] {
  for (const stock of storeStock) stock.receive(day);
  return warehouses.map(({ id }, index) => {
    const arrivals = warehouseStock[index]?.receive(day) ?? [];
    const cost = arrivals.reduce((sum, { slot, units }) => sum + units * (products[slot]?.cost ?? 0), 0);
    return { warehouseId: id, cost };
  });
}

/** In the evening, stores order from their warehouse, which has what it has, and warehouses from suppliers. */
export function replenish(retailer: Retailer): void {
  const { stores, storeStock, warehouses, warehouseStock, products, day, options } = retailer;
  const random = new Random(options.seed).at(STREAM.stock, -1, day);
  for (const { index, market } of stores) {
    const serving = warehouses.flatMap(({ provider, countries }, at) =>
      provider === undefined && countries.includes(market.country) ? [at] : [],
    );
    const source = warehouseStock[serving[index % serving.length] ?? warehouses.length - 1];
    const stock = storeStock[index];
    if (source === undefined || stock === undefined) continue;
    const transfers: Supply = {
      order: (slot, wanted) => {
        const product = stock.assortment.products[slot] ?? 0;
        const units = Math.max(0, Math.min(wanted, source.available(product)));
        source.take(product, units);
        return { units, days: random.between(1, 3) };
      },
    };
    stock.replenish(transfers, day);
  }
  const suppliers: Supply = {
    order: (slot, units) => ({ units, days: (products[slot]?.leadTimeDays ?? 7) + random.between(-1, 2) }),
  };
  for (const stock of warehouseStock) stock.replenish(suppliers, day);
}
