/** What the synthetic retailer's systems do wrong, with what each kind means and how often it happens by default. */
export const DEFECTS = {
  /** A record is handed over twice. */
  duplicate: { rate: 0.002, of: 'records' },
  /** An order of the shop is booked at the till system as well. */
  duplicate_across_systems: { rate: 0.01, of: 'shop orders' },
  /** A record is handed over one to seven days after it happened. */
  late: { rate: 0.002, of: 'records of sources with events' },
  /** Of two versions that change on the same day, the newer is handed over first. */
  out_of_order: { rate: 0.01, of: 'versions on the same day as the one before' },
  /** An e-mail address is malformed. */
  invalid_email: { rate: 0.015, of: 'customer records' },
  /** The amount of tax is left out. */
  missing_tax: { rate: 0.02, of: 'baskets and shop orders' },
  /** A line names a product, or an order a customer, that no system knows. */
  broken_reference: { rate: 0.002, of: 'lines and shop orders' },
  /** The ERP's or the ledger's amount differs from the sale, or is not there. */
  ledger_mismatch: { rate: 0.004, of: 'documents of the ERP and journals' },
  /** Somebody pays with what is not theirs, or has refunded what they kept. */
  fraud: { rate: 0.004, of: 'shop orders' },
  /** More is sold than is booked in, so that stock falls below zero. */
  negative_stock: { rate: 0.01, of: 'sales that find no stock' },
  /** Amounts are in one currency and labelled with another. */
  currency_mix_up: { rate: 0.002, of: 'baskets and shop orders' },
  /** A record breaks its contract; it is refused, and the right one follows. */
  invalid_field: { rate: 0.001, of: 'records' },
  /** A record has a field that its contract does not know. */
  unknown_column: { rate: 0.001, of: 'records' },
} as const satisfies Record<string, { readonly rate: number; readonly of: string }>;

export type Defect = keyof typeof DEFECTS;

/** How often each defect happens, from 0 to 1, of what `DEFECTS` says. */
export type DefectRates = Readonly<Record<Defect, number>>;

const ratesBy = (rate: (defect: Defect) => number): DefectRates =>
  Object.fromEntries((Object.keys(DEFECTS) as Defect[]).map((defect) => [defect, rate(defect)])) as Record<
    Defect,
    number
  >;

export const DEFAULT_DEFECTS: DefectRates = ratesBy((defect) => DEFECTS[defect].rate);
export const NO_DEFECTS: DefectRates = ratesBy(() => 0);
