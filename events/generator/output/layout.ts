import type { FileFormat } from '../../contracts/contract.ts';
import { contractOf } from '../../contracts/index.ts';

/** How a source's records lie in files. */
export interface FileLayout {
  readonly format: Exclude<FileFormat, 'csv'> | 'csv' | 'tsv';
  readonly isGzipped: boolean;
  /** What one file covers. */
  readonly period: 'day' | 'month';
  /** Names of columns where the system calls a field otherwise than its contract; the contract knows them as aliases. */
  readonly headers: Readonly<Record<string, string>>;
}

type Peculiarity = Partial<Omit<FileLayout, 'format'>> & { readonly format?: 'tsv' };

const daily = { period: 'day' } as const;

/** What is special about a source's files; the others have one file a month in the format of their contract. */
const PECULIARITIES: Readonly<Record<string, Peculiarity>> = {
  ecommerce_orders: { ...daily, isGzipped: true },
  ecommerce_order_items: { ...daily, isGzipped: true },
  pos_transactions: { ...daily, isGzipped: true },
  page_views: daily,
  erp_inventory: daily,
  shipping_orders: daily,
  third_party_inventory: {
    ...daily,
    format: 'tsv',
    headers: {
      sku: 'Item No',
      snapshot_date: 'As Of',
      on_hand: 'Qty On Hand',
      allocated: 'Qty Allocated',
      in_transit: 'Qty Inbound',
    },
  },
  marketing_contacts: {
    headers: {
      contact_id: 'vid',
      email: 'email_address',
      first_name: 'firstname',
      last_name: 'lastname',
      phone: 'mobile',
    },
  },
  retail_invoices: {
    headers: {
      invoice_no: 'InvoiceNo',
      stock_code: 'StockCode',
      description: 'Description',
      quantity: 'Quantity',
      unit_price: 'UnitPrice',
      total_amount: 'TotalAmount',
      invoice_timestamp: 'InvoiceDate',
      customer_id: 'CustomerID',
      country: 'Country',
    },
  },
};

export function layoutOf(source: string): FileLayout {
  const { format = contractOf(source)?.transport.file ?? 'ndjson', ...rest } = PECULIARITIES[source] ?? {};
  return { isGzipped: false, period: 'month', headers: {}, ...rest, format };
}

/**
 * Path of a file below the output folder.
 *
 * @param part counts the files of one period, from 1
 */
export function landingPath(source: string, period: string, part: number): string {
  const { format, isGzipped } = layoutOf(source);
  const number = part === 1 ? '' : `-${part}`;
  return `landing/${source}/${source}-${period}${number}.${format}${isGzipped ? '.gz' : ''}`;
}

/** The period that a day belongs to: the day itself, or its month as `yyyy-mm`. */
export const periodOf = (source: string, day: string): string =>
  layoutOf(source).period === 'day' ? day : day.slice(0, 7);
