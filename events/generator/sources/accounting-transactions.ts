import { Random, STREAM } from '../random/random.ts';
import type { Retailer } from '../simulation/retailer.ts';
import { dayText, instantText } from '../time.ts';
import { amount } from './amount.ts';

export const ACCOUNTS = {
  bank: { code: '1000', name: 'Bank', type: 'asset' },
  receivables: { code: '1200', name: 'Card clearing', type: 'asset' },
  inventory: { code: '1300', name: 'Inventory', type: 'asset' },
  payables: { code: '2000', name: 'Trade payables', type: 'liability' },
  tax: { code: '2200', name: 'Sales tax payable', type: 'liability' },
  sales: { code: '4000', name: 'Sales', type: 'revenue' },
  shipping: { code: '4100', name: 'Shipping income', type: 'revenue' },
  returns: { code: '4900', name: 'Returns and allowances', type: 'revenue' },
  costOfSales: { code: '5000', name: 'Cost of sales', type: 'expense' },
  wages: { code: '6100', name: 'Wages', type: 'expense' },
} as const;

/** One side of a booking; amounts in hundredths. */
export interface Posting {
  readonly account: keyof typeof ACCOUNTS;
  readonly debit?: number;
  readonly credit?: number;
}

export interface Journal {
  readonly id: string;
  readonly currency: string;
  readonly referenceType: 'order' | 'store_day' | 'refund' | 'purchase' | 'payroll' | 'stock' | 'other';
  readonly referenceId: string;
  readonly memo: string;
  readonly at: number;
  /** As much in debit as in credit. */
  readonly postings: readonly Posting[];
}

/** Books a journal, or by mistake another amount or none; what is booked balances. */
export function book(retailer: Retailer, random: Random, journal: Journal): void {
  const { outbox } = retailer;
  const isWrong = random.chance(outbox.rates.ledger_mismatch);
  const wrongBy = random.between(100, 5000);
  const isMissing = random.chance(0.4);
  if (isWrong) outbox.defect('accounting_transactions', journal.id, 'ledger_mismatch');
  if (isWrong && isMissing) return;
  const postings = journal.postings.filter(({ debit = 0, credit = 0 }) => debit + credit > 0);
  const raised = { debit: isWrong, credit: isWrong };
  for (const [index, posting] of postings.entries()) {
    const side = posting.debit === undefined ? 'credit' : 'debit';
    const extra = raised[side] ? wrongBy : 0;
    raised[side] = false;
    outbox.push(
      'accounting_transactions',
      entry(journal, index + 1, { ...posting, [side]: (posting[side] ?? 0) + extra }),
    );
  }
}

function entry(journal: Journal, lineNumber: number, { account, debit = 0, credit = 0 }: Posting) {
  const { code, name, type } = ACCOUNTS[account];
  return {
    entry_id: `${journal.id}-${lineNumber}`,
    journal_id: journal.id,
    line_number: lineNumber,
    posting_date: dayText(Math.floor(journal.at / 86_400_000)),
    account_code: code,
    account_name: name,
    account_type: type,
    debit_amount: amount(debit),
    credit_amount: amount(credit),
    currency: journal.currency,
    reference_type: journal.referenceType,
    reference_id: journal.referenceId,
    memo: journal.memo,
    updated_at: instantText(journal.at),
  };
}

interface Sale {
  readonly total: number;
  readonly tax: number;
  readonly shipping: number;
  readonly cost: number;
}

/** Money in, sales and tax owed, goods out. */
export const salePostings = ({ total, tax, shipping, cost }: Sale): readonly Posting[] => {
  const shippingNet = Math.round(shipping * (1 - tax / Math.max(total, 1)));
  return [
    { account: 'receivables', debit: total },
    { account: 'sales', credit: total - tax - shippingNet },
    { account: 'shipping', credit: shippingNet },
    { account: 'tax', credit: tax },
    { account: 'costOfSales', debit: cost },
    { account: 'inventory', credit: cost },
  ];
};

/** Money back; goods back where they come back. */
export const refundPostings = ({ total, tax, cost }: Omit<Sale, 'shipping'>): readonly Posting[] => [
  { account: 'returns', debit: total - tax },
  { account: 'tax', debit: tax },
  { account: 'receivables', credit: total },
  { account: 'inventory', debit: cost },
  { account: 'costOfSales', credit: cost },
];

/** The books' own source of random numbers, for journals of a day. */
export const ledgerRandom = ({ options }: Retailer, id: number, day: number): Random =>
  new Random(options.seed).at(STREAM.ledger, id, day);
