import type { Assortment } from './assortment.ts';

interface Arrival {
  readonly slot: number;
  readonly units: number;
}

/** What a location orders, and how long it takes. */
export interface Supply {
  /** Units that can be had of so many wanted, and the days until they arrive. */
  order(slot: number, units: number): { readonly units: number; readonly days: number };
}

/** Stock of one location by slot of its assortment. */
export class Stock {
  readonly assortment: Assortment;
  readonly onHand: Int32Array;
  /** Units of `onHand` that are promised to orders. */
  readonly reserved: Int32Array;
  readonly inTransit: Int32Array;
  readonly reorderPoint: Int32Array;
  readonly safetyStock: Int32Array;
  readonly #upTo: Int32Array;
  readonly #arrivals = new Map<number, Arrival[]>();

  constructor(assortment: Assortment) {
    const numbers = () => new Int32Array(assortment.size);
    this.assortment = assortment;
    this.onHand = numbers();
    this.reserved = numbers();
    this.inTransit = numbers();
    this.reorderPoint = numbers();
    this.safetyStock = numbers();
    this.#upTo = numbers();
  }

  /**
   * Plans a slot and fills it.
   *
   * @param demand units sold per day
   * @param lead days from order to arrival
   * @param fill how full it is, from 0 (about to be ordered) to 1
   */
  plan(slot: number, demand: number, lead: number, fill: number): void {
    const safety = Math.ceil(1.3 * Math.sqrt(demand * (lead + 1)));
    const reorder = Math.ceil(demand * (lead + 1)) + safety;
    this.safetyStock[slot] = safety;
    this.reorderPoint[slot] = reorder;
    this.#upTo[slot] = reorder + Math.ceil(demand * 8) + 2;
    this.onHand[slot] = reorder + Math.ceil(((this.#upTo[slot] ?? 0) - reorder) * fill);
  }

  /** Units that can be sold. */
  available(slot: number): number {
    return (this.onHand[slot] ?? 0) - (this.reserved[slot] ?? 0);
  }

  /** Takes units away, whether they are there or not. */
  take(slot: number, units: number): void {
    this.onHand[slot] = (this.onHand[slot] ?? 0) - units;
  }

  putBack(slot: number, units: number): void {
    this.onHand[slot] = (this.onHand[slot] ?? 0) + units;
  }

  reserve(slot: number, units: number): void {
    this.reserved[slot] = (this.reserved[slot] ?? 0) + units;
  }

  /** Units that were promised are not any more: they leave, or stay for others. */
  release(slot: number, units: number): void {
    this.reserved[slot] = (this.reserved[slot] ?? 0) - units;
  }

  /** Books in what arrives. @returns units by slot */
  receive(day: number): readonly Arrival[] {
    const arrivals = this.#arrivals.get(day) ?? [];
    this.#arrivals.delete(day);
    for (const { slot, units } of arrivals) {
      this.inTransit[slot] = (this.inTransit[slot] ?? 0) - units;
      this.putBack(slot, units);
    }
    return arrivals;
  }

  /** Orders what has fallen to its reorder point and is still sold. */
  replenish(supply: Supply, day: number): void {
    for (let slot = 0; slot < this.assortment.size; slot++) {
      const position = this.available(slot) + (this.inTransit[slot] ?? 0);
      if (position > (this.reorderPoint[slot] ?? 0) || !this.assortment.isForSale(slot)) continue;
      const { units, days } = supply.order(slot, (this.#upTo[slot] ?? 0) - position);
      if (units <= 0) continue;
      this.inTransit[slot] = (this.inTransit[slot] ?? 0) + units;
      const arrivals = this.#arrivals.get(day + days);
      if (arrivals) arrivals.push({ slot, units });
      else this.#arrivals.set(day + days, [{ slot, units }]);
    }
  }
}
