import type { Dimension } from '../model.ts';
import type { CheckResult } from '../run.ts';

/** A table or run that scores less is alerted as critical. */
export const LEAST_SCORE = 80;

/** Scores that a table should have in a dimension; timeliness is judged by the hours of its freshness checks. */
export const LEAST_BY_DIMENSION: Readonly<Partial<Record<Dimension, number>>> = {
  completeness: 95,
  accuracy: 99,
  consistency: 85,
  uniqueness: 95,
};

/**
 * Score of one check, 0–100: the share of rows that passed or, for a check that judges the table as a whole, all or
 * nothing.
 */
export function scoreOf(failures: number, rows: number, judgesRows: boolean): number {
  if (failures === 0) return 100;
  if (!judgesRows || rows === 0) return 0;
  return Math.max(0, 100 * (1 - failures / rows));
}

type Scored = Pick<CheckResult, 'score'>;

/** Score of a table, 0–100: the mean over its checks; 100 where it has none. Of a run: the mean over its tables. */
export function averageScore(scored: readonly Scored[]): number {
  if (scored.length === 0) return 100;
  return scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
}

/** Scores by dimension, 0–100, of those that have checks. */
export function dimensionScores<Result extends Scored & { readonly dimension: Dimension }>(
  results: readonly Result[],
): Readonly<Partial<Record<Dimension, number>>> {
  const groups = Map.groupBy(results, ({ dimension }) => dimension);
  return Object.fromEntries([...groups].sort().map(([dimension, some]) => [dimension, averageScore(some)]));
}
