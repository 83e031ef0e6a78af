import type { BuildRecord } from '../../engine/run.ts';
import { runScore, tableScore } from './scores.ts';
import type { RunSummary } from './summary.ts';

type Row = Readonly<Record<string, unknown>>;

/** A row of `operations.runs`. */
export const runRow = (summary: RunSummary, records: readonly BuildRecord[]): Row => ({
  run_id: summary.runId,
  as_of: summary.asOf,
  status: summary.status,
  started_at: timestamp(summary.startedAt),
  finished_at: timestamp(summary.finishedAt),
  seconds: (summary.finishedAt.getTime() - summary.startedAt.getTime()) / 1000,
  built: summary.built,
  skipped: summary.skipped,
  failed: summary.failed,
  blocked: summary.blocked,
  score: runScore(records),
  mode: summary.full ? 'full' : summary.audit ? 'audit' : 'incremental',
  audited: summary.audited,
  reason: summary.reason ?? null,
});

/** A row of `operations.builds`. */
export const buildRow = (record: BuildRecord): Row => ({
  run_id: record.runId,
  model: record.model,
  owner: record.owner,
  status: record.status,
  reason: record.reason,
  engine: record.engine,
  started_at: timestamp(new Date(record.startedAt)),
  seconds: record.seconds,
  input_bytes: record.inputBytes,
  row_count: record.rows,
  bytes: record.bytes,
  snapshot_id: record.snapshotId,
  fingerprint: record.fingerprint,
  score: tableScore(record),
  error_code: record.error?.code ?? null,
  error_message: record.error?.message ?? null,
});

/** Rows of `operations.checks`. */
export const checkRows = ({ runId, model, startedAt, checks }: BuildRecord): readonly Row[] =>
  checks.map((result) => ({
    run_id: runId,
    model,
    check_id: result.check,
    rule: result.rule,
    dimension: result.dimension,
    action: result.action,
    passed: result.passed,
    failures: result.failures,
    row_count: result.rows,
    score: result.score,
    detail: result.detail,
    sample: result.sample.length === 0 ? null : JSON.stringify(result.sample),
    checked_at: timestamp(new Date(startedAt)),
  }));

/** As Athena's JSON reader takes timestamps. */
const timestamp = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '');
