import { drawBasket } from '../demand/basket.ts';
import { poisson } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from '../time.ts';
import { includedTax } from '../world/markets.ts';
import { crmIdOf, drawTrader, sizesOf } from '../world/people.ts';
import type { Product } from '../world/products.ts';
import { amount } from './amount.ts';
import { post } from './erp-transactions.ts';

interface Line {
  readonly product: Product;
  readonly quantity: number;
  /** Pence. */
  readonly unitPrice: number;
}

interface Invoice {
  readonly number: string;
  readonly lines: readonly Line[];
  readonly at: number;
  readonly customerId: string | null;
  /** As the old system writes it. */
  readonly country: string;
}

const CANCELLED = 0.02;
const WHOLESALE = 0.72;
const COUNTRY_NAMES = [
  'United Kingdom',
  'United Kingdom',
  'United Kingdom',
  'EIRE',
  'Germany',
  'France',
  'GB',
] as const;

/** Hands over the lines of an invoice, or of its cancellation: the same with a C before it, and negative. */
function handOver({ outbox }: Retailer, invoice: Invoice, at: number, isCancellation: boolean): void {
  const sign = isCancellation ? -1 : 1;
  for (const { product, quantity, unitPrice } of invoice.lines) {
    outbox.push('retail_invoices', {
      invoice_no: `${isCancellation ? 'C' : ''}${invoice.number}`,
      stock_code: product.sku,
      description: `${product.subcategory} ${product.name.split(' ').slice(1).join(' ')}`.toUpperCase(),
      quantity: sign * quantity,
      unit_price: amount(unitPrice),
      total_amount: amount(sign * quantity * unitPrice),
      invoice_timestamp: instantText(at),
      customer_id: invoice.customerId,
      country: invoice.country,
    });
  }
}

function invoiceOf(retailer: Retailer, random: Random, number: number): Invoice {
  const { products, shopAssortment, prices, people, day, size } = retailer;
  const baskets = [drawBasket(random, shopAssortment, products), drawBasket(random, shopAssortment, products)];
  const bySlot = new Map(baskets.flat().map((item) => [item.slot, item]));
  const person = drawTrader(random, sizesOf(size.customers).crmPersons);
  return {
    number: String(540_000 + number),
    lines: [...bySlot.values()].map(({ product, quantity }) => ({
      product,
      quantity: quantity * random.pick([6, 12, 12, 24]),
      unitPrice: Math.max(1, Math.round(prices.recommended(product) * WHOLESALE)),
    })),
    at: day * DAY_MS + 8 * HOUR_MS + random.below(9 * 60) * MINUTE_MS,
    customerId: random.chance(0.75) ? crmIdOf(people, person) : null,
    country: random.pick(COUNTRY_NAMES),
  };
}

/** The day's invoices of the old wholesale system. Its goods come from stock of its own. */
export function* handOverInvoices(retailer: Retailer): Generator<void> {
  const { size, options, day, markets, counters, followUps } = retailer;
  const count = poisson(new Random(options.seed).at(STREAM.invoice, -1, day), size.invoices);
  const [home] = markets;
  if (home === undefined) return;
  for (let index = 0; index < count; index++) {
    const number = ++counters.invoice;
    const random = new Random(options.seed).at(STREAM.invoice, number);
    const invoice = invoiceOf(retailer, random, number);
    handOver(retailer, invoice, invoice.at, false);
    const total = invoice.lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
    const document = {
      sourceSystem: 'legacy',
      reference: invoice.number,
      customerId: invoice.customerId,
      locationId: null,
      total,
      tax: includedTax(home, total),
      currency: 'GBP',
      at: invoice.at,
    } as const;
    post(retailer, random, 'invoice', document);
    if (random.chance(CANCELLED)) {
      followUps.at(invoice.at + random.between(1, 6) * DAY_MS, (instant) => {
        handOver(retailer, invoice, instant, true);
        post(retailer, random, 'credit_note', { ...document, at: instant });
      });
    }
    yield;
  }
}
