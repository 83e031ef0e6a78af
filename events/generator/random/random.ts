/** What a stream of random numbers is for: streams of different uses never meet. */
export const STREAM = {
  product: 1,
  store: 2,
  household: 3,
  person: 4,
  spelling: 5,
  life: 6,
  visit: 7,
  price: 8,
  assortment: 9,
  basket: 10,
  order: 11,
  session: 12,
  campaign: 13,
  recipient: 14,
  stock: 15,
  defect: 16,
  fraud: 17,
  review: 18,
  ticket: 19,
  invoice: 20,
  ledger: 21,
  change: 22,
  season: 23,
  weekday: 24,
} as const;

export type Stream = (typeof STREAM)[keyof typeof STREAM];

/**
 * Random numbers that a seed and a key determine: `at` goes to the stream of an entity on a day, so that an entity can
 * be derived at any time without keeping it, and no draw depends on what was drawn for others (sfc32).
 */
export class Random {
  readonly #seed: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** Goes to the beginning of a stream. */
  at(stream: Stream, id: number, day = 0): this {
    this.#a = this.#seed;
    this.#b = id | 0;
    this.#c = (Math.imul(stream, 0x9e3779b1) ^ Math.imul(day, 0x85ebca6b)) | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round++) this.bits();
    return this;
  }

  /** 32 random bits. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    return this.bits() / 4_294_967_296;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** So many hexadecimal digits, a multiple of eight. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.bits().toString(16).padStart(8, '0');
    return text;
  }
}
