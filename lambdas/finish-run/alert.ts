import { RULES } from '../../engine/checks/registry.ts';
import { LEAST_SCORE } from '../../engine/checks/score.ts';
import type { BuildRecord, CheckResult } from '../../engine/run.ts';
import { runScore, tableScore } from './scores.ts';
import type { RunSummary } from './summary.ts';

/** What whoever answers for a table is told about a run. */
export interface RunAlert {
  readonly severity: 'info' | 'error' | 'critical';
  /** What has happened, and to which table. */
  readonly title: string;
  /** The table, or `all tables` where the run as a whole is meant. */
  readonly table: string;
  readonly owner: string;
  readonly runId: string;
  readonly reason: string;
  readonly failures: readonly AlertedCheck[];
  readonly runbook: string;
}

interface AlertedCheck {
  readonly check: string;
  /** What was found and what it was held against; null where `sample` says it. */
  readonly detail: string | null;
  /** What to do about it. */
  readonly remedy: string;
  /** Some failing rows, values of classified columns masked. */
  readonly sample: readonly unknown[];
}

/** Who is told of a run as a whole. */
const PLATFORM = 'data-platform';

/** Everything that owners must know of a run's builds: what failed, what is stale, what scores too low. */
export function alertsOf(runId: string, records: readonly BuildRecord[], runbookUrl: string): readonly RunAlert[] {
  const score = runScore(records);
  const scores = score === null || score >= LEAST_SCORE ? [] : [lowRun(runId, records, score, runbookUrl)];
  return [...records.flatMap((record) => alertOf(record, runbookUrl) ?? []), ...scores];
}

/** That a run has come to its good end. */
export function announcement(summary: RunSummary, runbookUrl: string): RunAlert {
  const { runId, asOf, built, skipped, audited, startedAt, finishedAt } = summary;
  const seconds = Math.round((finishedAt.getTime() - startedAt.getTime()) / 1000);
  return {
    severity: 'info',
    title: `Run finished: data as of ${asOf}`,
    table: 'all tables',
    owner: PLATFORM,
    runId,
    reason: `${built} built, ${skipped + audited} as they were, in ${seconds} s`,
    failures: [],
    runbook: runbookUrl,
  };
}

function alertOf(record: BuildRecord, runbookUrl: string): RunAlert | undefined {
  const { model: table, owner, runId, status, checks } = record;
  const failed = checks.filter(({ passed }) => !passed);
  const stopping = failed.filter(({ action }) => action === 'abort');
  const common = { table, owner, runId };
  if (status === 'failed') {
    return {
      severity: 'error',
      title: `Build failed: ${table}`,
      ...common,
      reason: record.reason,
      failures: stopping.map(alerted),
      runbook: `${runbookUrl}#build-failed`,
    };
  }
  if (stopping.length > 0) {
    const isStale = status === 'skipped';
    return {
      severity: 'error',
      title: `${isStale ? 'Data is stale' : 'Audit failed'}: ${table}`,
      ...common,
      reason: stopping.map(({ check, detail }) => `${check}: ${detail}`).join('; '),
      failures: stopping.map(alerted),
      runbook: `${runbookUrl}#${isStale ? 'data-stale' : 'audit-failed'}`,
    };
  }
  const score = tableScore(record);
  if (score === null || score >= LEAST_SCORE) return undefined;
  return {
    severity: 'critical',
    title: `Quality is low: ${table}`,
    ...common,
    reason: lowScore(score),
    failures: failed.map(alerted),
    runbook: `${runbookUrl}#quality-low`,
  };
}

function lowRun(runId: string, records: readonly BuildRecord[], score: number, runbookUrl: string): RunAlert {
  const failed = records.flatMap(({ model, checks }) =>
    checks
      .filter(({ passed }) => !passed)
      .map((result) => ({ ...alerted(result), check: `${model}: ${result.check}` })),
  );
  return {
    severity: 'critical',
    title: 'Quality of the run is low',
    table: 'all tables',
    owner: PLATFORM,
    runId,
    reason: lowScore(score),
    // SNS takes 256 KB; `tributary quality` shows the rest, and the rows.
    failures: failed.slice(0, 20).map((check) => ({ ...check, sample: [] })),
    runbook: `${runbookUrl}#quality-low`,
  };
}

const lowScore = (score: number): string => `the score is ${score.toFixed(1)} of 100, below ${LEAST_SCORE}`;

const alerted = ({ check, rule, detail, sample }: CheckResult): AlertedCheck => ({
  check,
  detail,
  remedy: RULES.get(rule)?.remedy ?? '',
  sample,
});
