import type { Random } from './random.ts';

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** Time until the next event of a process with `rate` events per unit of time. */
export const exponential = (random: Random, rate: number): number => -Math.log(1 - random.next()) / rate;

/** Mean `shape / rate`, variance `shape / rate²`, by Marsaglia and Tsang. */
export function gamma(random: Random, shape: number, rate: number): number {
  if (shape < 1) return gamma(random, shape + 1, rate) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return (d * v) / rate;
  }
}

/** Mean `a / (a + b)`. */
export function beta(random: Random, a: number, b: number): number {
  const x = gamma(random, a, 1);
  return x / (x + gamma(random, b, 1));
}

/** Counts with this mean: exact up to 30, above by the normal approximation. */
export function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.next(); product > limit; product *= random.next()) count++;
  return count;
}

/** Failures before the first success; mean `(1 - p) / p`. Infinite where `p` is 0. */
export function geometric(random: Random, p: number): number {
  if (p >= 1) return 0;
  return p <= 0 ? Number.POSITIVE_INFINITY : Math.floor(Math.log(1 - random.next()) / Math.log(1 - p));
}

/** Draws indices with chances in proportion to their weights. */
export class Weighted {
  readonly #sums: Float64Array;

  constructor(weights: ArrayLike<number>) {
    this.#sums = new Float64Array(weights.length);
    this.assign(weights);
  }

  /** Takes other weights, as many as before. */
  assign(weights: ArrayLike<number>): void {
    let sum = 0;
    for (let index = 0; index < this.#sums.length; index++) {
      sum += weights[index] ?? 0;
      this.#sums[index] = sum;
    }
  }

  get total(): number {
    return this.#sums.at(-1) ?? 0;
  }

  draw(random: Random): number {
    const wanted = random.next() * this.total;
    let low = 0;
    let high = this.#sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
