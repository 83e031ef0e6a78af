import { type BuildRecord, type CheckResult, failedWhileServing } from '../../engine/run.ts';
import { layOut } from '../query/layout.ts';
import type { StoppedRuns } from './cancel.ts';
import type { RunOutcome } from './execute.ts';

/** What a run did, for a person: a line per model, and for each failure the checks and rows that caused it. */
export function runReport({ runId, seconds, builds, cause }: RunOutcome): string {
  const columns = [
    { name: 'model' },
    { name: 'status' },
    { name: 'rows', isNumber: true },
    { name: 'seconds', isNumber: true },
    { name: 'reason' },
  ];
  const shown = builds.filter(({ status }) => status !== 'not_selected');
  const table = layOut(columns, shown.map(buildRow));
  const failures = shown
    .filter(
      (build) => build.status === 'failed' || (build.status !== 'skipped' && failedWhileServing(build).length > 0),
    )
    .map(failure);
  const end = `run ${runId}: ${tally(shown)} in ${seconds.toFixed(1)} s\n`;
  return [table, ...failures, ...(cause === undefined ? [] : [`${cause}\n`]), end].join('\n');
}

const buildRow = ({ model, status, rows, seconds, reason }: BuildRecord): string[] => [
  model,
  status,
  rows > 0 || status === 'built' || status === 'skipped' ? rows.toLocaleString('en') : '',
  seconds.toFixed(2),
  reason,
];

export function cancelReport({ runs, models }: StoppedRuns): string {
  if (runs.length === 0) return 'no run is under way\n';
  return runs
    .map(({ runId, domains }) => `run ${runId} is stopped${domains === 0 ? '' : `, in ${domains} domains`}\n`)
    .concat(models.map((model) => `the build of ${model} is stopped in its engine\n`))
    .concat(
      'Other builds that had begun end by themselves, whole or not at all; go on with: npx tributary run --resume\n',
    )
    .join('');
}

/** `7 built, 2 skipped`. */
export function tally(builds: readonly BuildRecord[]): string {
  const counts = Map.groupBy(builds, ({ status }) => status);
  return [...counts].map(([status, { length }]) => `${length} ${status}`).join(', ') || 'nothing to build';
}

function failure({ model, owner, reason, error, checks }: BuildRecord): string {
  const place = error?.where ? ` (${error.where})` : '';
  const lines = checks.filter(({ passed, action }) => !passed && action === 'abort').flatMap(checkLines);
  return [`${model}, owned by ${owner}: ${error?.message ?? reason}${place}`, ...lines, ''].join('\n');
}

const checkLines = ({ check, failures, rows, detail, sample }: CheckResult): string[] => [
  `  ${check}: ${detail ?? `${failures.toLocaleString('en')} of ${rows.toLocaleString('en')} failed`}`,
  ...sample.map((row) => `    ${JSON.stringify(row)}`),
];
