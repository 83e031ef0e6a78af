import type { Dimension } from '../model.ts';
import type { CheckResult } from '../run.ts';

/**
 * Score of one check, 0–100: the share of rows that passed or, for a check that judges the table as a whole, all or
 * nothing.
 */
export function scoreOf(failures: number, rows: number, judgesRows: boolean): number {
  if (failures === 0) return 100;
  if (!judgesRows || rows === 0) return 0;
  return Math.max(0, 100 * (1 - failures / rows));
}

type Scored = Pick<CheckResult, 'score' | 'dimension'>;

/** Score of a table, 0–100: the mean over its checks; 100 where it has none. */
export function averageScore(checks: readonly Scored[]): number {
  if (checks.length === 0) return 100;
  return checks.reduce((sum, { score }) => sum + score, 0) / checks.length;
}

/** Score of each dimension that has checks, 0–100. */
export function dimensionScores(checks: readonly Scored[]): Readonly<Partial<Record<Dimension, number>>> {
  const byDimension = Map.groupBy(checks, ({ dimension }) => dimension);
  return Object.fromEntries([...byDimension].map(([dimension, results]) => [dimension, averageScore(results)]));
}
