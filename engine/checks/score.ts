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

/** Score of a table, 0–100: the mean over its checks; 100 where it has none. */
export function averageScore(checks: readonly Pick<CheckResult, 'score'>[]): number {
  if (checks.length === 0) return 100;
  return checks.reduce((sum, { score }) => sum + score, 0) / checks.length;
}
