import type { Random } from '../random/random.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, instantText } from '../time.ts';
import { amount, amountOrNull } from './amount.ts';

/** A sale, or part of it, as the ERP books it. Amounts in hundredths, positive. */
export interface Document {
  readonly sourceSystem: 'shop' | 'pos' | 'legacy';
  readonly reference: string;
  readonly customerId: string | null;
  readonly locationId: string | null;
  readonly total: number;
  readonly tax: number | null;
  readonly currency: string;
  readonly at: number;
}

type Kind = 'invoice' | 'credit_note' | 'payment' | 'refund';

const PREFIXES: Readonly<Record<Kind, string>> = { invoice: 'INV', credit_note: 'CRN', payment: 'PAY', refund: 'RFD' };
const SYSTEMS = { shop: 'S', pos: 'P', legacy: 'L' } as const;

/** Books a document in the ERP, or by mistake another amount or none. */
export function post(retailer: Retailer, random: Random, kind: Kind, document: Document): void {
  const { outbox } = retailer;
  const number = `${PREFIXES[kind]}-${SYSTEMS[document.sourceSystem]}-${document.reference}`;
  const isWrong = random.chance(outbox.rates.ledger_mismatch);
  const wrongBy = random.between(1, 900);
  const isMissing = random.chance(0.4);
  if (isWrong) outbox.defect('erp_transactions', number, 'ledger_mismatch');
  if (isWrong && isMissing) return;
  const sign = kind === 'credit_note' || kind === 'refund' ? -1 : 1;
  const { tax, currency } = document;
  const total = document.total + (isWrong ? wrongBy : 0);
  outbox.push('erp_transactions', {
    transaction_id: number,
    document_number: number.replaceAll('-', '/'),
    transaction_type: kind,
    source_system: document.sourceSystem,
    source_reference: document.reference,
    customer_id: document.customerId,
    location_id: document.locationId,
    net_amount: amountOrNull(tax === null ? null : sign * (total - tax)),
    tax_amount: amountOrNull(tax === null ? null : sign * tax),
    total_amount: amount(sign * total),
    currency,
    status: kind === 'invoice' && document.sourceSystem === 'legacy' ? 'open' : 'paid',
    posting_date: dayText(Math.floor(document.at / DAY_MS)),
    updated_at: instantText(document.at),
  });
}
