import { z } from 'zod';
import type { Verdict } from './rule.ts';
import { deviationOf } from './statistics.ts';

/** What every check against earlier versions may say; versions are counted by logical date. */
export const historyArguments = {
  /** So many of the last versions are looked at. */
  versions: z.number().int().min(3).max(60).default(14),
  /** With fewer, nothing is judged. */
  at_least: z.number().int().min(3).default(5),
};

export const historyIsLongEnough = ({ versions, at_least }: { readonly versions: number; readonly at_least: number }) =>
  at_least <= versions;

export const HISTORY_TOO_SHORT = 'at_least must not be greater than versions';

interface Limits {
  readonly versions: number;
  readonly at_least: number;
  readonly deviations: number;
  readonly change: number;
}

/** Passes what is not judged yet, saying so. */
export const tooFew = (found: number, needed: number): Verdict => ({
  passed: true,
  detail: `not judged yet: ${found} of ${needed} earlier versions`,
});

/**
 * Fails a value that lies both many deviations and more than `change` away from the median of earlier ones: `change` is
 * a part of the median or, of shares of a whole, a share itself.
 */
export function judgeDeviation(
  name: string,
  value: number,
  all: readonly number[],
  limits: Limits,
  isShare = false,
): Verdict {
  const earlier = all.slice(-limits.versions);
  if (earlier.length < limits.at_least) return tooFew(earlier.length, limits.at_least);
  const { median, deviations, distance } = deviationOf(value, earlier);
  const allowed = limits.change * (isShare ? 1 : Math.abs(median));
  const far = Number.isFinite(deviations) ? `${deviations.toFixed(1)} deviations` : 'no deviation so far';
  return {
    passed: deviations <= limits.deviations || distance <= allowed,
    detail: `${name} ${short(value)}; median of ${earlier.length} versions ${short(median)} (${far})`,
  };
}

/** Up to four digits that matter. */
export const short = (value: number): string =>
  Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)));
