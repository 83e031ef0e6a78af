import type { BuildRecord } from '../../engine/run.ts';

/** What whoever answers for a table is told about its failed build. */
export interface BuildAlert {
  readonly severity: 'error';
  readonly table: string;
  readonly owner: string;
  readonly runId: string;
  readonly reason: string;
  /** Failing rows of each failed check, values of classified columns masked. */
  readonly failures: readonly { readonly check: string; readonly sample: readonly unknown[] }[];
  readonly runbook: string;
}

export const buildAlert = (record: BuildRecord, runbookUrl: string): BuildAlert => ({
  severity: 'error',
  table: record.model,
  owner: record.owner,
  runId: record.runId,
  reason: record.reason,
  failures: record.checks
    .filter(({ passed, action }) => !passed && action === 'abort')
    .map(({ check, sample }) => ({ check, sample })),
  runbook: `${runbookUrl}#build-failed`,
});
