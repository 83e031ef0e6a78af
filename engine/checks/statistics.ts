/** Middle of the values, or the mean of the two in the middle; NaN where there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return below === undefined || above === undefined ? Number.NaN : (below + above) / 2;
}

/** What makes the median absolute deviation of a normal distribution its standard deviation. */
const NORMAL = 1.4826;

export interface Deviation {
  readonly median: number;
  /** |value − median| / (1.4826 × MAD), where MAD is the median of |earlier − median|; 0 or infinite where MAD is 0. */
  readonly deviations: number;
  readonly distance: number;
}

/** How far a value lies from earlier ones, told so that a few odd ones among them do not matter. */
export function deviationOf(value: number, earlier: readonly number[]): Deviation {
  const middle = median(earlier);
  const distance = Math.abs(value - middle);
  const spread = NORMAL * median(earlier.map((other) => Math.abs(other - middle)));
  return { median: middle, deviations: ratio(distance, spread), distance };
}

const ratio = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);

/** Least share of a class, so that one that is new or gone weighs much and not infinitely. */
const LEAST_SHARE = 1e-4;

/**
 * Population stability index of shares against expected ones: Σ (p − q) · ln(p / q) over the classes. 0 means equal;
 * by convention, below 0.1 is stable and above 0.25 is another distribution.
 */
export function stabilityIndex(shares: readonly number[], expected: readonly number[]): number {
  return shares.reduce((sum, share, index) => {
    const p = Math.max(share, LEAST_SHARE);
    const q = Math.max(expected[index] ?? 0, LEAST_SHARE);
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}
