import { createHash } from 'node:crypto';
import type { CheckAction, Dimension, EngineName } from './model.ts';

/** Input of the parent state machine and, with `model`, of each build. */
export interface RunRequest {
  /** `2026-11-21T11-05-00Z-1a2b3c`: start time and a random suffix; sorts by time. */
  readonly runId: string;
  /** Logical date of the run, `yyyy-mm-dd`: what `current_date` means in its models. */
  readonly asOf: string;
  /** Rebuild even where the fingerprint stands. */
  readonly full: boolean;
  /** Judge all rows of every table, also of those that are left as they are. */
  readonly audit: boolean;
  /** Models to build, by name; null for all. */
  readonly selected: readonly string[] | null;
  /** Publish also what removes or narrows columns that others read. */
  readonly allowBreaking: boolean;
  /** Engine to build with, whatever the size of the inputs; null lets the size decide. */
  readonly engine: EngineName | null;
}

export interface BuildRequest extends RunRequest {
  readonly model: string;
}

/** What a person wants done to a table outside a run; the function that builds models does it, and records it. */
export interface TableChange {
  readonly action: 'rollback' | 'release';
  readonly table: string;
  /** Id like that of a run, under which it is recorded. */
  readonly runId: string;
  /** Who wants it. */
  readonly by: string;
  /** Snapshot to go back to; the version before the current one where it is not given. */
  readonly to?: string;
  /** Keep the table as it is then until it is released. */
  readonly hold?: boolean;
}

/** Id of the run that an execution of the parent state machine is; the CLI and the run's first step compute the same. */
export function runIdOf(executionArn: string, startedAt: Date): string {
  const suffix = createHash('sha256').update(executionArn).digest('hex').slice(0, 6);
  return `${startedAt.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${suffix}`;
}

/**
 * What a build came to: `audited` is a table that was left as it is and whose rows were all judged. A table may also be
 * `rolled_back`, or `released` from being held, by a person.
 */
export type BuildStatus =
  | 'built'
  | 'skipped'
  | 'audited'
  | 'failed'
  | 'blocked'
  | 'not_selected'
  | 'rolled_back'
  | 'released';

export interface CheckResult {
  readonly check: string;
  readonly rule: string;
  readonly dimension: Dimension;
  readonly action: CheckAction;
  readonly passed: boolean;
  readonly failures: number;
  readonly rows: number;
  /** 0–100: share of rows that passed. */
  readonly score: number;
  /** What was found and what it was held against; null where the number of failures says it all. */
  readonly detail: string | null;
  /** What a check that judges the table as a whole has measured, by name; empty for others. */
  readonly measures: Readonly<Record<string, number | null>>;
  /** Up to five failing rows, values of classified columns masked. */
  readonly sample: readonly Readonly<Record<string, unknown>>[];
}

/** What one build did; written to `buildRecordKey` in the operations bucket and returned to the state machine. */
export interface BuildRecord {
  readonly runId: string;
  readonly model: string;
  readonly owner: string;
  readonly status: BuildStatus;
  /** Why, in a sentence: the first changed input, the failed check, the blocking model, the error. */
  readonly reason: string;
  readonly engine: EngineName | null;
  readonly startedAt: string;
  readonly seconds: number;
  readonly inputBytes: number;
  readonly rows: number;
  readonly bytes: number;
  readonly snapshotId: string | null;
  readonly fingerprint: string | null;
  readonly inputs: readonly { readonly table: string; readonly version: string }[];
  readonly checks: readonly CheckResult[];
  readonly error: { readonly code: string; readonly message: string; readonly where?: string } | null;
}

/** Checks of action `abort` that the version which serves has failed. */
export const failedWhileServing = ({
  status,
  checks,
}: Pick<BuildRecord, 'status' | 'checks'>): readonly CheckResult[] =>
  status === 'failed' ? [] : checks.filter(({ passed, action }) => !passed && action === 'abort');

/** A build that goes on in an engine outside the function; the same request asked again goes on with it. */
export interface RunningBuild {
  readonly status: 'running';
  readonly runId: string;
  readonly model: string;
  readonly startedAt: string;
  /** In a sentence. */
  readonly reason: string;
}

/** Folder of a run's build records. `operations.builds` holds the same facts as rows, once the run has finished. */
export const buildRecordPrefix = (runId: string): string => `records/run_date=${runId.slice(0, 10)}/${runId}/`;

export const buildRecordKey = (runId: string, model: string): string => `${buildRecordPrefix(runId)}${model}.json`;
