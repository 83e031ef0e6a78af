import { z } from 'zod';
import type { CheckResult } from '../run.ts';
import { RULES } from './registry.ts';
import type { Measures } from './rule.ts';

/** Logical dates that a history goes back. */
const MOST_VERSIONS = 60;

const version = z.object({
  asOf: z.iso.date(),
  checks: z.record(z.string(), z.record(z.string(), z.number().nullable())),
});

const history = z.object({ formatVersion: z.literal(1), versions: z.array(version) });

/** What a table's checks measured on the last version that was published on a logical date. */
export type MeasuredVersion = z.infer<typeof version>;

/**
 * Measures of a table's published versions, one of each logical date, oldest first. Building a date again replaces what
 * was measured on it, so that a repeated build is judged as the first one was.
 */
export type CheckHistory = readonly MeasuredVersion[];

/** The history with what a published version's checks measured. */
export function remember(earlier: CheckHistory, asOf: string, checks: readonly CheckResult[]): CheckHistory {
  const measured = checks.filter(({ rule }) => RULES.get(rule)?.isRemembered === true);
  if (measured.length === 0) return earlier;
  const entry = { asOf, checks: Object.fromEntries(measured.map(({ check, measures }) => [check, measures])) };
  return [...earlier.filter((other) => other.asOf !== asOf), entry]
    .sort((a, b) => (a.asOf < b.asOf ? -1 : 1))
    .slice(-MOST_VERSIONS);
}

/** What a check measured on earlier logical dates, oldest first. */
export const measuredBefore = (versions: CheckHistory, asOf: string, check: string): readonly Measures[] =>
  versions
    .filter((other) => other.asOf < asOf)
    .flatMap(({ checks }): readonly Measures[] => {
      const measures = checks[check];
      return measures === undefined ? [] : [measures];
    });

export const historyText = (versions: CheckHistory): string => JSON.stringify({ formatVersion: 1, versions });

/** A history as `historyText` wrote it; an empty one where the text is something else. */
export function parseHistory(text: string): CheckHistory {
  try {
    return history.safeParse(JSON.parse(text)).data?.versions ?? [];
  } catch {
    return [];
  }
}
