import type { Stock } from '../demand/stock.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, instantText, MINUTE_MS } from '../time.ts';
import { amount } from './amount.ts';

/** The count is made when the day is over in the systems, before midnight. */
const countedAt = (day: number): string => instantText((day + 1) * DAY_MS - 5 * MINUTE_MS);

interface Location {
  readonly id: string;
  readonly type: 'store' | 'warehouse';
  readonly stock: Stock;
}

function* ownLocations({ stores, storeStock, warehouses, warehouseStock }: Retailer): Generator<Location> {
  for (const [index, { id }] of stores.entries()) {
    const stock = storeStock[index];
    if (stock) yield { id, type: 'store', stock };
  }
  for (const [index, { id, provider }] of warehouses.entries()) {
    const stock = warehouseStock[index];
    if (stock && provider === undefined) yield { id, type: 'warehouse', stock };
  }
}

/** Stock of all own locations at the end of a day. */
export function* handOverInventory(retailer: Retailer): Generator<void> {
  const { day, outbox, products } = retailer;
  const box = outbox.source('erp_inventory');
  const [snapshotDate, updatedAt] = [dayText(day), countedAt(day)];
  for (const { id, type, stock } of ownLocations(retailer)) {
    for (let slot = 0; slot < stock.assortment.size; slot++) {
      const product = products[stock.assortment.products[slot] ?? 0];
      if (product === undefined) continue;
      if ((stock.onHand[slot] ?? 0) < 0) {
        outbox.defect('erp_inventory', `${snapshotDate}/${id}/${product.productId}`, 'negative_stock');
      }
      box.push(
        {
          snapshot_date: snapshotDate,
          location_id: id,
          location_type: type,
          product_id: product.productId,
          on_hand: stock.onHand[slot],
          reserved: stock.reserved[slot],
          in_transit: stock.inTransit[slot],
          reorder_point: stock.reorderPoint[slot],
          safety_stock: stock.safetyStock[slot],
          unit_cost: amount(product.cost),
          currency: 'GBP',
          updated_at: updatedAt,
        },
        day,
      );
      yield;
    }
  }
}

/** Stock that logistics partners hold, as they count it. */
export function* handOverPartnerInventory(retailer: Retailer): Generator<void> {
  const { day, outbox, products, warehouses, warehouseStock } = retailer;
  const [snapshotDate, updatedAt] = [dayText(day), countedAt(day)];
  for (const [index, { id, provider }] of warehouses.entries()) {
    const stock = warehouseStock[index];
    if (provider === undefined || stock === undefined) continue;
    for (const { index: slot, sku } of products) {
      outbox.push('third_party_inventory', {
        provider,
        warehouse_id: id,
        sku,
        snapshot_date: snapshotDate,
        on_hand: stock.onHand[slot],
        allocated: stock.reserved[slot],
        in_transit: stock.inTransit[slot],
        damaged: (slot * 7 + index) % 97 === 0 ? 1 : 0,
        updated_at: updatedAt,
      });
      yield;
    }
  }
}
