import { averageScore } from '../../engine/checks/score.ts';
import type { BuildRecord } from '../../engine/run.ts';

/** Score of a table, 0–100; null where this run has not judged its rows. */
export const tableScore = ({ status, checks }: BuildRecord): number | null =>
  checks.length === 0 || status === 'skipped' ? null : averageScore(checks);

/** Mean score of the tables that a run has judged, 0–100; null where there are none. */
export function runScore(records: readonly BuildRecord[]): number | null {
  const scores = records.map(tableScore).filter((score) => score !== null);
  return scores.length === 0 ? null : averageScore(scores.map((score) => ({ score })));
}
