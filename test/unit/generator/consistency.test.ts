import { describe, expect, test } from 'vitest';
import { countries } from '../../../events/reference/index.ts';
import type { JsonRecord } from '../../../events/validator/layout.ts';
import { cents, cleanRun, latest, sum } from './world.ts';

const records = (source: string) => cleanRun().records(source);
const ids = (source: string, field: string) => new Set(records(source).map((record) => record[field]));
const group = (source: string, field: string) => Map.groupBy(records(source), (record) => String(record[field]));

describe('references', () => {
  test.each([
    ['pos_transactions', 'store_id', 'stores', 'store_id'],
    ['pos_transactions', 'product_id', 'erp_products', 'product_id'],
    ['pos_transactions', 'customer_id', 'crm_customers', 'customer_id'],
    ['ecommerce_order_items', 'order_id', 'ecommerce_orders', 'order_id'],
    ['ecommerce_order_items', 'product_id', 'ecommerce_products', 'product_id'],
    ['ecommerce_order_items', 'sku', 'erp_products', 'sku'],
    ['ecommerce_orders', 'customer_id', 'ecommerce_customers', 'customer_id'],
    ['ecommerce_orders', 'store_id', 'stores', 'store_id'],
    ['ecommerce_orders', 'session_id', 'page_views', 'session_id'],
    ['ecommerce_customers', 'loyalty_id', 'crm_customers', 'customer_id'],
    ['ecommerce_products', 'sku', 'erp_products', 'sku'],
    ['page_views', 'product_id', 'ecommerce_products', 'product_id'],
    ['page_views', 'customer_id', 'ecommerce_customers', 'customer_id'],
    ['page_views', 'order_id', 'ecommerce_orders', 'order_id'],
    ['erp_inventory', 'product_id', 'erp_products', 'product_id'],
    ['erp_inventory', 'location_id', 'stores', 'store_id'],
    ['third_party_inventory', 'sku', 'erp_products', 'sku'],
    ['shipping_orders', 'order_id', 'ecommerce_orders', 'order_id'],
    ['product_reviews', 'order_id', 'ecommerce_orders', 'order_id'],
    ['product_reviews', 'product_id', 'ecommerce_products', 'product_id'],
    ['support_tickets', 'order_id', 'ecommerce_orders', 'order_id'],
    ['support_tickets', 'customer_id', 'ecommerce_customers', 'customer_id'],
    ['coupon_redemptions', 'customer_id', 'crm_customers', 'customer_id'],
    ['coupon_redemptions', 'campaign_id', 'email_campaigns', 'campaign_id'],
    ['email_campaign_recipients', 'campaign_id', 'email_campaigns', 'campaign_id'],
    ['email_campaign_recipients', 'customer_id', 'marketing_contacts', 'contact_id'],
    ['retail_invoices', 'stock_code', 'erp_products', 'sku'],
    ['retail_invoices', 'customer_id', 'crm_customers', 'customer_id'],
    ['erp_transactions', 'customer_id', 'crm_customers', 'customer_id'],
  ])('%s.%s is known to %s', (source, field, target, key) => {
    const known = ids(target, key);
    const used = records(source).flatMap((record) => (record[field] === null ? [] : [record[field]]));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((value) => !known.has(value))).toEqual([]);
  });

  test('every purchase that was seen is an order, and every order was seen', () => {
    expect(ids('ecommerce_orders', 'order_id')).toEqual(
      new Set(
        records('page_views').flatMap(({ event_type, order_id }) => (event_type === 'purchase' ? [order_id] : [])),
      ),
    );
  });
});

describe('amounts', () => {
  const taxRates = new Map(countries().map(({ country_code, tax_rate }) => [country_code, Number(tax_rate)]));

  test('of a line are quantity times price without discounts', () => {
    for (const line of records('pos_transactions')) {
      const sign = Math.sign(Number(line.quantity));
      const discounts = sign * (cents(line.discount_amount) + cents(line.coupon_amount));
      expect(cents(line.total_amount)).toBe(Number(line.quantity) * cents(line.unit_price) - discounts);
    }
    for (const line of records('ecommerce_order_items')) {
      const full = Number(line.quantity) * cents(line.unit_price);
      expect(cents(line.total_amount)).toBe(full - cents(line.discount_amount));
    }
  });

  test('of an order are those of its lines and the shipping', () => {
    const items = group('ecommerce_order_items', 'order_id');
    for (const order of records('ecommerce_orders')) {
      const lines = items.get(String(order.order_id)) ?? [];
      const shipping = cents(order.shipping_amount);
      expect(cents(order.total_amount)).toBe(sum(lines.map(({ total_amount }) => cents(total_amount))) + shipping);
      expect(cents(order.total_amount)).toBe(cents(order.subtotal_amount) - cents(order.discount_amount) + shipping);
      const tax =
        (cents(order.total_amount) * (taxRates.get(String(order.shipping_country)) ?? 0)) /
        (1 + (taxRates.get(String(order.shipping_country)) ?? 0));
      const rounding = order.currency === 'JPY' ? 100 : 1;
      expect(Math.abs(cents(order.tax_amount) - tax)).toBeLessThanOrEqual(rounding * (lines.length + 1));
    }
  });

  test('in yen are whole', () => {
    const yen = [...records('ecommerce_orders'), ...records('pos_transactions')].filter(
      ({ currency }) => currency === 'JPY',
    );
    for (const { total_amount, tax_amount } of yen) {
      expect([cents(total_amount) % 100, cents(tax_amount) % 100]).toEqual([0, 0]);
    }
  });
});

describe('the ERP', () => {
  const documents = (system: string, types: readonly string[]) => {
    const sums = new Map<string, number>();
    for (const { source_system, source_reference, transaction_type, total_amount } of records('erp_transactions')) {
      if (source_system !== system || !types.includes(String(transaction_type))) continue;
      const key = String(source_reference);
      sums.set(key, (sums.get(key) ?? 0) + cents(total_amount));
    }
    return sums;
  };
  const totals = (rows: readonly JsonRecord[], key: string) =>
    new Map(
      [...Map.groupBy(rows, (row) => String(row[key]))].map(([id, lines]) => [
        id,
        sum(lines.map((line) => cents(line.total_amount))),
      ]),
    );

  test('has an invoice of every paid order, with its amount', () => {
    const paid = records('ecommerce_orders').filter(({ order_status }) => order_status === 'confirmed');
    expect(documents('shop', ['invoice'])).toEqual(totals(paid, 'order_id'));
    expect(documents('shop', ['payment'])).toEqual(totals(paid, 'order_id'));
  });

  test('has a credit note of every order that was paid and is not kept', () => {
    const refunded = records('ecommerce_orders').filter(({ payment_status }) => payment_status === 'refunded');
    const notes = [...documents('shop', ['credit_note'])].map(([id, amount]) => [id, -amount]);
    expect(new Map(notes as [string, number][])).toEqual(totals(refunded, 'order_id'));
  });

  test('has an invoice of every basket, and a credit note of every one taken back', () => {
    const sold = records('pos_transactions').filter(({ order_status }) => order_status === 'delivered');
    const back = records('pos_transactions')
      .filter(({ order_status }) => order_status !== 'delivered')
      .map((line) => ({ ...line, total_amount: -Math.abs(Number(line.total_amount)) }));
    expect(documents('pos', ['invoice'])).toEqual(totals(sold, 'transaction_id'));
    expect(documents('pos', ['credit_note'])).toEqual(totals(back, 'transaction_id'));
  });

  test('has every invoice of the old system, and its cancellation', () => {
    const all = totals(records('retail_invoices'), 'invoice_no');
    for (const [number, total] of documents('legacy', ['invoice'])) expect(all.get(number)).toBe(total);
    for (const [number, total] of documents('legacy', ['credit_note'])) expect(all.get(`C${number}`)).toBe(total);
    const cancelled = [...all.keys()].filter((number) => number.startsWith('C'));
    expect(documents('legacy', ['credit_note']).size).toBe(cancelled.length);
  });
});

describe('the books', () => {
  test('balance in every journal, in one currency', () => {
    const journals = group('accounting_transactions', 'journal_id');
    expect(journals.size).toBeGreaterThan(300);
    for (const [journal, entries] of journals) {
      const debit = sum(entries.map(({ debit_amount }) => cents(debit_amount)));
      expect(debit, journal).toBe(sum(entries.map(({ credit_amount }) => cents(credit_amount))));
      expect(debit, journal).toBeGreaterThan(0);
      expect(new Set(entries.map(({ currency }) => currency)).size).toBe(1);
    }
  });

  test('have as much from customers as stores took on each day and orders brought', () => {
    const taken = new Map<string, number>();
    const add = (key: string, amount: number) => taken.set(key, (taken.get(key) ?? 0) + amount);
    for (const { store_id, transaction_at, order_status, total_amount } of records('pos_transactions')) {
      if (order_status === 'delivered') add(`${store_id}/${String(transaction_at).slice(0, 10)}`, cents(total_amount));
    }
    for (const { order_id, order_status, total_amount } of records('ecommerce_orders')) {
      if (order_status === 'confirmed') add(String(order_id), cents(total_amount));
    }
    const booked = records('accounting_transactions').filter(
      ({ account_code, reference_type }) =>
        account_code === '1200' && (reference_type === 'store_day' || reference_type === 'order'),
    );
    expect(new Map(booked.map((entry) => [String(entry.reference_id), cents(entry.debit_amount)]))).toEqual(taken);
  });
});

describe('stock', () => {
  test('is never below zero, and never promised beyond what is there', () => {
    for (const { on_hand, reserved } of records('erp_inventory')) {
      expect(Number(on_hand)).toBeGreaterThanOrEqual(0);
      expect(Number(reserved)).toBeGreaterThanOrEqual(0);
      expect(Number(reserved)).toBeLessThanOrEqual(Number(on_hand));
    }
  });

  test('of a store falls on a day by what was sold, but for what came in', () => {
    const key = (row: JsonRecord, day: unknown) => `${row.location_id ?? row.store_id}/${row.product_id}/${day}`;
    const sold = new Map<string, number>();
    for (const line of records('pos_transactions')) {
      const at = key(line, String(line.updated_at).slice(0, 10));
      const isReversal = Number(line.quantity) < 0;
      const units = line.order_status === 'delivered' || isReversal ? Number(line.quantity) : -Number(line.quantity);
      sold.set(at, (sold.get(at) ?? 0) + units);
    }
    const counts = new Map(records('erp_inventory').map((row) => [key(row, row.snapshot_date), row]));
    let compared = 0;
    for (const row of records('erp_inventory')) {
      if (row.location_type !== 'store') continue;
      const before = new Date(Date.parse(String(row.snapshot_date)) - 86_400_000).toISOString().slice(0, 10);
      const yesterday = counts.get(key(row, before));
      if (yesterday === undefined) continue;
      // What arrives was in transit the evening before; the snapshot is taken before the evening's orders.
      const received = Number(row.on_hand) - Number(yesterday.on_hand) + (sold.get(key(row, row.snapshot_date)) ?? 0);
      if (Number(yesterday.in_transit) === 0 && received !== 0) {
        // Only what was ordered the evening before, after the count, can have come.
        expect(Number(yesterday.on_hand)).toBeLessThanOrEqual(Number(yesterday.reorder_point));
      }
      expect(received).toBeGreaterThanOrEqual(0);
      compared++;
    }
    expect(compared).toBeGreaterThan(1000);
  });
});

describe('versions', () => {
  test.each([
    [
      'ecommerce_orders',
      'order_id',
      'order_status',
      ['pending', 'confirmed', 'shipped', 'delivered', 'returned', 'cancelled'],
    ],
    ['shipping_orders', 'shipment_id', 'status', ['created', 'in_transit', 'delayed', 'delivered', 'lost', 'returned']],
    ['support_tickets', 'ticket_id', 'status', ['open', 'pending', 'solved']],
  ] as const)('of %s come in the order of time and of what can happen', (source, key, status, states) => {
    for (const versions of group(source, key).values()) {
      const times = versions.map(({ updated_at }) => String(updated_at));
      expect(times).toEqual([...times].sort());
      const steps = versions.map((version) => (states as readonly unknown[]).indexOf(version[status]));
      expect(steps).not.toContain(-1);
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    }
  });

  test('say that an order was shipped when its shipment has left', () => {
    const orders = latest(records('ecommerce_orders'), ({ order_id }) => String(order_id));
    for (const [id, shipment] of latest(records('shipping_orders'), ({ order_id }) => String(order_id))) {
      const expected = {
        created: 'confirmed',
        in_transit: 'shipped',
        delayed: 'shipped',
        delivered: 'delivered',
        lost: 'cancelled',
        returned: 'returned',
      }[String(shipment.status) as 'created'];
      expect(orders.get(id)?.order_status).toBe(expected);
    }
  });

  test('are handed over on the day on which they were made', () => {
    for (const { source, day, records: some } of cleanRun().handovers) {
      for (const record of some) {
        const at = record.updated_at ?? record.viewed_at ?? record.invoice_timestamp;
        expect(String(at).slice(0, 10), source).toBe(day);
      }
    }
  });
});
