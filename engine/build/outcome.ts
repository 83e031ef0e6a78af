import { asError, TributaryError } from '../../common/errors.ts';
import type { BuildRecord, CheckResult } from '../run.ts';

/** The part of a build record that a build itself decides. */
export type Outcome = Omit<BuildRecord, 'runId' | 'model' | 'owner' | 'startedAt' | 'seconds'>;

/** An outcome in which nothing was read or written; what is known is given. */
export const outcome = (known: Pick<Outcome, 'status' | 'reason'> & Partial<Outcome>): Outcome => ({
  engine: null,
  inputBytes: 0,
  rows: 0,
  bytes: 0,
  snapshotId: null,
  fingerprint: null,
  inputs: [],
  checks: [],
  error: null,
  ...known,
});

/** The outcome of a build that an error ended. */
export function failedBy(thrown: unknown): Outcome {
  const error = asError(thrown);
  const { code, where } = error instanceof TributaryError ? error : { code: 'build_error', where: undefined };
  return outcome({
    status: 'failed',
    reason: error.message,
    error: { code, message: error.message, ...(where === undefined ? {} : { where }) },
  });
}

/** The outcome of a version that a check of action `abort` refuses; undefined where none does. */
export function refusedBy(
  checks: readonly CheckResult[],
  known: Pick<Outcome, 'engine' | 'inputBytes' | 'inputs'>,
): Outcome | undefined {
  const failed = checks.filter(({ passed, action }) => !passed && action === 'abort');
  const [first] = failed;
  if (first === undefined) return undefined;
  const others = failed.length === 1 ? '' : ` and ${failed.length - 1} more`;
  const found = first.detail ?? `${first.failures} of ${first.rows} rows fail`;
  const reason = `${first.check}: ${found}${others}; the old version still serves`;
  return outcome({ ...known, status: 'failed', reason, checks, error: { code: 'check_failed', message: reason } });
}
