import type { Contract } from '../../contracts/contract.ts';
import type { ColumnData } from '../../validator/columns.ts';
import { textOfUnits } from '../../validator/decimal.ts';
import type { RowBatch } from '../../validator/row-batch.ts';
import type { Sums } from './manifest.ts';

const MONEY_SCALE = 2;

/** Adds up the money of accepted records, by field and currency, in the smallest unit. */
export class Tally {
  readonly #fields: readonly string[];
  readonly #hasCurrency: boolean;
  readonly #sums = new Map<string, Map<string, bigint>>();

  constructor({ fields }: Contract) {
    this.#fields = Object.entries(fields).flatMap(([name, { type }]) =>
      type.kind === 'decimal' && type.scale === MONEY_SCALE ? [name] : [],
    );
    this.#hasCurrency = fields.currency !== undefined;
  }

  add(rows: RowBatch): void {
    if (rows.length === 0) return;
    const currencies = this.#hasCurrency ? rows.data('currency') : undefined;
    for (const field of this.#fields) this.#addField(field, rows.data(field), currencies);
  }

  get sums(): Sums {
    const entries = [...this.#sums].map(([field, byCurrency]) => {
      const sorted = [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1));
      return [field, Object.fromEntries(sorted.map(([name, units]) => [name, textOfUnits(units, MONEY_SCALE)]))];
    });
    return Object.fromEntries(entries);
  }

  #addField(field: string, amounts: ColumnData, currencies: ColumnData | undefined): void {
    const sums = this.#sums.get(field) ?? new Map<string, bigint>();
    this.#sums.set(field, sums);
    for (let row = 0; row < amounts.length; row++) {
      const amount = amounts[row];
      if (typeof amount !== 'bigint') continue;
      const currency = String(currencies?.[row] ?? '');
      sums.set(currency, (sums.get(currency) ?? 0n) + amount);
    }
  }
}
