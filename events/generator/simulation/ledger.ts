/** What the stores of a day took or gave back, in hundredths of their currency. */
export interface Takings {
  total: number;
  tax: number;
  cost: number;
}

type Kind = 'sales' | 'refunds';

/** Sums up the tills of a day by store, since the books have them as one journal per store and day. */
export class Ledger {
  readonly #sums = { sales: new Map<number, Takings>(), refunds: new Map<number, Takings>() };

  add(kind: Kind, store: number, { total, tax, cost }: Takings): void {
    const sums = this.#sums[kind].get(store) ?? { total: 0, tax: 0, cost: 0 };
    sums.total += total;
    sums.tax += tax;
    sums.cost += cost;
    this.#sums[kind].set(store, sums);
  }

  /** The sums by store, in order; begins anew. */
  close(kind: Kind): readonly (readonly [store: number, takings: Takings])[] {
    const sums = [...this.#sums[kind]].sort(([a], [b]) => a - b);
    this.#sums[kind].clear();
    return sums;
  }
}
