import { isSelected } from '../../engine/build/blocked.ts';
import type { RunJournal } from '../../engine/build/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import type { BuildRecord, RunRequest } from '../../engine/run.ts';
import type { RunLock } from '../shared/run-lock.ts';
import type { WriteRunRows } from '../shared/run-rows.ts';
import { alertsOf, announcement, type RunAlert } from './alert.ts';
import { buildRow, checkRows, runRow } from './rows.ts';
import { crashed, type RunSummary, summarize } from './summary.ts';

export interface FinishRunEvent extends RunRequest {
  readonly executionArn: string;
  /** Tell also of a good end. */
  readonly announce: boolean;
}

export interface FinishRunDeps {
  readonly manifest: Pick<Manifest, 'models'>;
  readonly journal: Pick<RunJournal, 'read'>;
  readonly lock: RunLock;
  readonly runbookUrl: string;
  readonly now: () => Date;
  readonly writeRows: WriteRunRows;
  alert(message: RunAlert): Promise<void>;
}

/**
 * Ends a run: gathers what its builds recorded, writes it to the operations tables, tells the owners of what failed, is
 * stale or scores too low, and lets the next run begin. May be repeated.
 */
export async function finishRun(deps: FinishRunDeps, event: FinishRunEvent): Promise<RunSummary> {
  try {
    const records = await collect(deps, event);
    const summary = summarize(event, records, deps.now());
    await Promise.all([
      deps.writeRows('runs', event.runId, [runRow(summary, records)]),
      deps.writeRows('builds', event.runId, records.map(buildRow)),
      deps.writeRows('checks', event.runId, records.flatMap(checkRows)),
    ]);
    for (const alert of alertsOf(event.runId, records, deps.runbookUrl)) await deps.alert(alert);
    if (event.announce && summary.status === 'succeeded') await deps.alert(announcement(summary, deps.runbookUrl));
    return summary;
  } finally {
    await deps.lock.release(event.executionArn);
  }
}

/** The record of every selected model, in the manifest's order. */
function collect({ manifest, journal }: FinishRunDeps, event: FinishRunEvent): Promise<readonly BuildRecord[]> {
  const selected = manifest.models.filter(({ name }) => isSelected(event, name));
  return Promise.all(
    selected.map(async (model) => (await journal.read(event.runId, model.name)) ?? crashed(model, event.runId)),
  );
}
