import { book, ledgerRandom, refundPostings, salePostings } from '../sources/accounting-transactions.ts';
import { DAY_MS, dayOfMonth, dayText, MINUTE_MS } from '../time.ts';
import type { Retailer } from './retailer.ts';

const PAYDAY = 28;
/** A month's wages of a standard store, in pence. */
const WAGES = 1_800_000;
const WAGES_STREAM = -1;
const PURCHASES_STREAM = -2;

/** The books of a day: the takings of each store, what suppliers delivered, and wages once a month. */
export function closeBooks(retailer: Retailer, received: readonly ReceivedGoods[]): void {
  const { ledger } = retailer;
  for (const [store, takings] of ledger.close('sales')) bookStore(retailer, store, 'sales', takings);
  for (const [store, takings] of ledger.close('refunds')) bookStore(retailer, store, 'refunds', takings);
  for (const goods of received) bookPurchase(retailer, goods);
  if (dayOfMonth(retailer.day) === PAYDAY) bookWages(retailer);
}

/** What a warehouse has received on a day; its cost in pence. */
export interface ReceivedGoods {
  readonly warehouseId: string;
  readonly cost: number;
}

const closedAt = (day: number): number => (day + 1) * DAY_MS - 4 * MINUTE_MS;

interface Takings {
  readonly total: number;
  readonly tax: number;
  readonly cost: number;
}

function bookStore(retailer: Retailer, index: number, kind: 'sales' | 'refunds', takings: Takings): void {
  const store = retailer.stores[index];
  if (store === undefined) return;
  const isSale = kind === 'sales';
  book(retailer, ledgerRandom(retailer, index * 2 + (isSale ? 0 : 1), retailer.day), {
    id: `${isSale ? 'JS' : 'JT'}-${store.id}-${dayText(retailer.day)}`,
    currency: store.market.currency,
    referenceType: isSale ? 'store_day' : 'refund',
    referenceId: `${store.id}/${dayText(retailer.day)}`,
    memo: isSale ? 'Takings of the day' : 'Goods taken back',
    at: closedAt(retailer.day),
    postings: isSale ? salePostings({ ...takings, shipping: 0 }) : refundPostings(takings),
  });
}

function bookPurchase(retailer: Retailer, { warehouseId, cost }: ReceivedGoods): void {
  if (cost === 0) return;
  book(retailer, ledgerRandom(retailer, PURCHASES_STREAM, retailer.day), {
    id: `JP-${warehouseId}-${dayText(retailer.day)}`,
    currency: 'GBP',
    referenceType: 'purchase',
    referenceId: `${warehouseId}/${dayText(retailer.day)}`,
    memo: 'Goods received',
    at: closedAt(retailer.day),
    postings: [
      { account: 'inventory', debit: cost },
      { account: 'payables', credit: cost },
    ],
  });
}

function bookWages(retailer: Retailer): void {
  const size = retailer.stores.reduce((sum, store) => sum + store.size, 0);
  const wages = Math.round(WAGES * size);
  book(retailer, ledgerRandom(retailer, WAGES_STREAM, retailer.day), {
    id: `JW-${dayText(retailer.day)}`,
    currency: 'GBP',
    referenceType: 'payroll',
    referenceId: dayText(retailer.day).slice(0, 7),
    memo: 'Wages of the month',
    at: closedAt(retailer.day),
    postings: [
      { account: 'wages', debit: wages },
      { account: 'bank', credit: wages },
    ],
  });
}
