import { NO_DEFECTS } from '../../../events/generator/defects.ts';
import type { Emission, Handover } from '../../../events/generator/emission.ts';
import type { OutputOptions } from '../../../events/generator/output/manifest.ts';

const at = (day: string, second: number): string =>
  new Date(Date.parse(`${day}T08:00:00Z`) + second * 1000).toISOString();

const posLine = (day: string, n: number) => ({
  transaction_id: `T-${day}-${n}`,
  line_number: 1,
  store_id: 'S001',
  product_id: 'P,1 "x"',
  quantity: n % 5 === 4 ? 0 : 2,
  unit_price: 0.5,
  tax_amount: n % 2 === 0 ? null : 0.17,
  total_amount: 1.1,
  currency: n % 3 === 0 ? 'EUR' : 'GBP',
  channel: 'in_store',
  order_status: 'delivered',
  transaction_at: at(day, n),
  updated_at: at(day, n),
});

const invoice = (day: string, n: number) => ({
  invoice_no: `I-${day}-${n}`,
  stock_code: '0042',
  description: 'Émail & <böld>\u0001',
  quantity: n % 5 === 4 ? 5000 : 3,
  unit_price: 1.5,
  total_amount: null,
  invoice_timestamp: at(day, n),
  customer_id: null,
  country: 'GB',
});

const pageView = (day: string, n: number) => ({
  event_id: `V-${day}-${n}`,
  event_type: n % 5 === 4 ? 'teleport' : 'page_view',
  session_id: 'S',
  visitor_id: 'V',
  customer_id: null,
  channel: 'online',
  ip_address: '203.0.113.7',
  duration_ms: 1200,
  viewed_at: at(day, n),
});

const ticket = (day: string, n: number) => ({
  ticket_id: `K-${day}-${n}`,
  status: n % 5 === 4 ? 'lost' : 'open',
  message: 'two\nlines',
  created_at: at(day, n),
  updated_at: at(day, n),
});

const stock = (day: string, n: number) => ({
  provider: 'Fast',
  warehouse_id: 'W1',
  sku: `sku\t${n}`,
  snapshot_date: day,
  on_hand: n % 5 === 4 ? null : -1,
  allocated: 0,
  in_transit: 0,
  damaged: null,
  updated_at: at(day, n),
});

const SOURCES = {
  pos_transactions: posLine,
  retail_invoices: invoice,
  page_views: pageView,
  support_tickets: ticket,
  third_party_inventory: stock,
} as const;

export const DAYS = ['2026-10-30', '2026-10-31', '2026-11-01'];

export const OPTIONS: OutputOptions = {
  seed: 1,
  scale: 1,
  days: DAYS.length,
  firstDay: '2026-10-30',
  defects: NO_DEFECTS,
  streamDays: 1,
  sources: [],
};

/** Ten records a day of each of a few sources: two are refused, one is sent twice, one has a column too many. */
export function* handmade(): Generator<Emission> {
  for (const day of DAYS) {
    for (const [source, make] of Object.entries(SOURCES)) {
      const records = Array.from({ length: 10 }, (_, n) =>
        n === 7 ? { ...make(day, n), colour: 'red' } : make(day, n),
      );
      const handover: Handover = {
        kind: 'records',
        source,
        day,
        records: [...records, make(day, 0)],
        refused: 2,
        duplicates: 1,
      };
      yield handover;
    }
    yield {
      kind: 'truth',
      table: 'defects',
      rows: [
        { defect: 'duplicate', day },
        { defect: 'late', day },
      ],
    };
    yield { kind: 'truth', table: 'churn', rows: [{ customer_id: '1', churned_on: day }] };
  }
}
