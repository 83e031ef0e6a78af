import type { CompiledModel } from '../../engine/manifest.ts';
import type { BuildRecord, RunRequest } from '../../engine/run.ts';

/** What became of a run. */
export interface RunSummary extends Pick<RunRequest, 'runId' | 'asOf'> {
  readonly status: 'succeeded' | 'failed';
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly built: number;
  readonly skipped: number;
  readonly failed: number;
  readonly blocked: number;
}

/** A run has succeeded when nothing failed and nothing was kept from being built. */
export function summarize(
  { runId, asOf }: Pick<RunRequest, 'runId' | 'asOf'>,
  records: readonly BuildRecord[],
  finishedAt: Date,
): RunSummary {
  const count = (status: BuildRecord['status']): number => records.filter((record) => record.status === status).length;
  const counts = {
    built: count('built'),
    skipped: count('skipped'),
    failed: count('failed'),
    blocked: count('blocked'),
  };
  const status = counts.failed + counts.blocked === 0 ? 'succeeded' : 'failed';
  return { runId, asOf, status, startedAt: startOf(runId), finishedAt, ...counts };
}

/** Start of a run, which its id begins with. */
function startOf(runId: string): Date {
  const [day = '', time = ''] = runId.split('Z')[0]?.split('T') ?? [];
  return new Date(`${day}T${time.replaceAll('-', ':')}Z`);
}

/** The record of a build that left none: it crashed, ran out of time or never began. */
export const crashed = ({ name, owner }: CompiledModel, runId: string): BuildRecord => ({
  runId,
  model: name,
  owner,
  status: 'failed',
  reason: 'the build crashed, ran out of time or never began; its old version still serves',
  engine: null,
  startedAt: startOf(runId).toISOString(),
  seconds: 0,
  inputBytes: 0,
  rows: 0,
  bytes: 0,
  snapshotId: null,
  fingerprint: null,
  inputs: [],
  checks: [],
  error: { code: 'crashed', message: 'the build ended without a record' },
});
