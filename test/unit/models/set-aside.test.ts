import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileProject } from '../../../engine/compile/index.ts';
import { Lake, type Row } from './lake.ts';

const manifest = await compileProject(join(import.meta.dirname, '../../..'));

const RECEIVED = { _ingested_at: '2026-10-02 00:00:00', _origin: 'a', updated_at: '2026-10-01 10:00:00' };
const LINE = { ...RECEIVED, line_number: 1, product_id: 'p1', quantity: 1, unit_price: '5.00', total_amount: '5.00' };
const SALE = {
  ...LINE,
  store_id: 's1',
  channel: 'in_store',
  order_status: 'delivered',
  transaction_at: '2026-10-01 10:00:00',
};
const ORDER = {
  ...RECEIVED,
  channel: 'online',
  order_status: 'confirmed',
  total_amount: '5.00',
  ordered_at: '2026-10-01 10:00:00',
};
const INVOICE = {
  _ingested_at: '2026-10-02 00:00:00',
  _origin: 'a',
  invoice_timestamp: '2026-10-01 10:00:00',
  stock_code: 'k1',
};

/** Per source: rows that are to be published, and rows that are to be set aside (their names begin with "bad"). */
const BRONZE: Readonly<Record<string, readonly Row[]>> = {
  'bronze.exchange_rates': [
    {
      rate_date: '2026-10-01',
      base_currency: 'EUR',
      quote_currency: 'GBP',
      rate: '0.8',
      published_at: '2026-10-01 15:00:00',
      _ingested_at: '2026-10-02 00:00:00',
      _origin: 'r',
    },
  ],
  'bronze.pos_transactions': [
    { ...SALE, transaction_id: 'pounds', currency: 'GBP' },
    { ...SALE, transaction_id: 'euros', currency: 'EUR' },
    { ...SALE, transaction_id: 'bad currency', currency: 'XXX' },
    { ...SALE, transaction_id: 'bad day', currency: 'EUR', transaction_at: '2026-09-30 10:00:00' },
  ],
  'bronze.ecommerce_orders': [
    { ...ORDER, order_id: 'order', currency: 'GBP' },
    { ...ORDER, order_id: 'bad order', currency: 'XXX' },
  ],
  'bronze.ecommerce_order_items': [
    { ...LINE, order_id: 'order', currency: 'GBP' },
    { ...LINE, order_id: 'bad order', currency: 'XXX' },
    { ...LINE, order_id: 'bad reference', currency: 'GBP' },
  ],
  'bronze.retail_invoices': [
    { ...INVOICE, invoice_no: 'invoice', quantity: 1, unit_price: '5.00' },
    { ...INVOICE, invoice_no: 'C invoice', quantity: -1, unit_price: '5.00' },
    { ...INVOICE, invoice_no: 'bad return', quantity: -1, unit_price: '5.00' },
    { ...INVOICE, invoice_no: 'C bad sale', quantity: 1, unit_price: '5.00' },
    { ...INVOICE, invoice_no: 'bad quantity', quantity: 0, unit_price: '5.00' },
    { ...INVOICE, invoice_no: 'bad price', quantity: 1, unit_price: '0.00' },
  ],
  'bronze.erp_transactions': [
    { ...RECEIVED, ...document('document'), currency: 'EUR' },
    { ...RECEIVED, ...document('bad document'), currency: 'XXX' },
  ],
  'bronze.accounting_transactions': [
    { ...RECEIVED, ...entry('entry'), currency: 'EUR' },
    { ...RECEIVED, ...entry('bad entry'), currency: 'XXX' },
  ],
};

function document(transaction_id: string): Row {
  const kind = { transaction_type: 'invoice', source_system: 'shop', source_reference: 'order' };
  return { transaction_id, ...kind, total_amount: '5.00', posting_date: '2026-10-01' };
}

function entry(entry_id: string): Row {
  return { entry_id, journal_id: 'j', posting_date: '2026-10-01', account_code: '1', account_type: 'asset' };
}

let lake: Lake;
beforeAll(async () => {
  lake = await Lake.open(manifest);
  await lake.asOf('2026-10-31');
  for (const { name } of manifest.sources) {
    const rows = BRONZE[name] ?? [];
    await lake.fill(
      name,
      rows.map((row, index) => ({ ...row, _position: String(index + 1) })),
    );
  }
  await lake.buildAll();
});
afterAll(() => lake.close());

const idsOf = async (table: string, column: string): Promise<readonly unknown[]> =>
  (await lake.rows(table, [{ name: column, type: 'varchar' }])).map((row) => row[column]);

describe('rows that break a rule of business', () => {
  it.each([
    ['silver.order_lines', 'transaction_id', ['C invoice', 'euros', 'invoice', 'order', 'pounds']],
    ['silver.orders', 'order_id', ['order']],
    ['silver.retail_invoice_lines', 'invoice_no', ['C invoice', 'invoice']],
    ['silver.erp_transactions', 'transaction_id', ['document']],
    ['silver.accounting_entries', 'entry_id', ['entry']],
    ['gold.fact_sale', 'transaction_id', ['C invoice', 'euros', 'invoice', 'order', 'pounds']],
  ])('are not in %s, and the others are', async (table, column, ids) => {
    expect(await idsOf(table, column)).toEqual(ids);
  });

  it('stop no publication, and are not taken for lost', async () => {
    for (const model of manifest.models) {
      const failures = await lake.audit(model);
      const stopping = model.audit.checks.filter(({ id, action }) => action === 'abort' && failures[id] !== 0);
      expect(stopping, model.name).toEqual([]);
    }
  });
});
