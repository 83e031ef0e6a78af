import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, HOUR_MS, instantText } from '../time.ts';
import { isOnSale, type Product } from '../world/products.ts';
import { amount } from './amount.ts';

const COUNTED_WAREHOUSE = 0;

function erpStatus({ launchDay, endDay }: Product, day: number): 'active' | 'discontinued' | 'announced' {
  if (day < launchDay) return 'announced';
  return day < endDay ? 'active' : 'discontinued';
}

function erpRecord({ prices }: Retailer, product: Product, day: number) {
  const { category, subcategory, sku } = product;
  return {
    product_id: product.productId,
    sku,
    name: product.name,
    category: category.name,
    subcategory,
    brand: product.brand,
    department: category.department,
    manufacturer_id: `M${product.supplierId.slice(3)}`,
    package_size: `${(1 + (product.index % 4)).toString()} pc`,
    unit_price: amount(prices.recommended(product)),
    unit_cost: amount(product.cost),
    product_family: `${category.code}-${subcategory}`.toUpperCase(),
    currency: 'GBP',
    supplier_id: product.supplierId,
    lead_time_days: product.leadTimeDays,
    launch_date: dayText(product.launchDay),
    weight_kg: product.weightKg,
    status: erpStatus(product, day),
    updated_at: instantText(day * DAY_MS + HOUR_MS),
  };
}

function shopRecord({ prices, warehouseStock, markets }: Retailer, product: Product, day: number) {
  const home = markets[0];
  const price = home ? prices.of(product.index, home) : 0;
  const reduction = prices.reduction(product.index);
  const isListed = isOnSale(product, day);
  return {
    product_id: product.shopId,
    sku: product.sku,
    title: product.shopTitle,
    description: `${product.shopTitle}. From our ${product.subcategory.toLowerCase()} range.`,
    category: product.category.shopName,
    tags: [product.subcategory, product.colour, reduction > 0 ? 'sale' : 'regular'].join(','),
    brand: product.index % 9 === 0 ? product.brand.toUpperCase() : product.brand,
    price: amount(reduction > 0 ? Math.round((price * (100 - reduction)) / 100) : price),
    compare_at_price: reduction > 0 ? amount(price) : null,
    currency: 'GBP',
    status: isListed ? 'active' : day < product.launchDay ? 'draft' : 'archived',
    inventory_quantity: warehouseStock[COUNTED_WAREHOUSE]?.available(product.index) ?? 0,
    published_at: day < product.launchDay ? null : instantText(product.launchDay * DAY_MS),
    updated_at: instantText(day * DAY_MS + 2 * HOUR_MS),
  };
}

/** Both catalogues whole on the first day, later what has changed. */
export function* handOverProducts(retailer: Retailer, repriced: readonly Product[]): Generator<void> {
  const { day, firstDay, products, outbox } = retailer;
  const turned = products.filter(({ launchDay, endDay }) => launchDay === day || endDay === day);
  const changed = day === firstDay ? products : new Set([...repriced, ...turned]);
  for (const product of changed) {
    outbox.push('erp_products', erpRecord(retailer, product, day));
    outbox.push('ecommerce_products', shopRecord(retailer, product, day));
    yield;
  }
}
