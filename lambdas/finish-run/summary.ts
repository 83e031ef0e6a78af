import type { CompiledModel } from '../../engine/manifest.ts';
import { type BuildRecord, failedWhileServing, type RunRequest } from '../../engine/run.ts';

/** What became of a run. */
export interface RunSummary extends Pick<RunRequest, 'runId' | 'asOf' | 'full' | 'audit'> {
  readonly status: 'succeeded' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly built: number;
  readonly skipped: number;
  readonly audited: number;
  readonly failed: number;
  readonly blocked: number;
}

/** A run has succeeded when nothing failed, nothing was kept from being built, and no table serves what its checks refuse. */
export function summarize(
  { runId, asOf, full, audit }: Pick<RunRequest, 'runId' | 'asOf' | 'full' | 'audit'>,
  records: readonly BuildRecord[],
  finishedAt: Date,
): RunSummary {
  const count = (status: BuildRecord['status']): number => records.filter((record) => record.status === status).length;
  const counts = {
    built: count('built'),
    skipped: count('skipped'),
    audited: count('audited'),
    failed: count('failed'),
    blocked: count('blocked'),
  };
  const isRefuted = audit && records.some((record) => failedWhileServing(record).length > 0);
  const status = counts.failed + counts.blocked === 0 && !isRefuted ? 'succeeded' : 'failed';
  return { runId, asOf, full, audit, status, startedAt: startOf(runId), finishedAt, ...counts };
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
