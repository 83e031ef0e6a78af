import type { Manifest } from '../../engine/manifest.ts';
import type { BuildStatus } from '../../engine/run.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';

/** A row of `operations.builds`, in what the monitoring needs of it. */
export interface BuildRow {
  readonly model: string;
  readonly status: BuildStatus;
  /** UTC, `yyyy-mm-dd hh:mm:ss.mmm`. */
  readonly started_at: string;
}

export type IntakeRow = Pick<IntakeRecord, 'source' | 'received' | 'quarantined'>;

/** What has arrived of late. */
export interface Intake {
  /** When the last file or batch was taken in; undefined where none was since yesterday. */
  readonly last: Date | undefined;
  /** What was taken in since the last look. */
  readonly rows: readonly IntakeRow[];
}

export interface MonitorDeps {
  readonly manifest: Pick<Manifest, 'models'>;
  readonly now: () => Date;
  /** The builds of each run since a time, the latest run first. */
  builds(since: Date): AsyncIterable<readonly BuildRow[]>;
  /** The run that is under way, and since when. */
  run(): Promise<{ readonly runId: string; readonly since: Date } | undefined>;
  intake(): Promise<Intake>;
}

/** A table that its `sla` says should have been looked after by now. */
export interface OverdueTable {
  readonly model: string;
  readonly owner: string;
  readonly slaHours: number;
  /** Since it was last built, or found up to date; null where it was not within that time and a day more. */
  readonly hours: number | null;
}

export interface Findings {
  readonly overdue: readonly OverdueTable[];
  readonly run: { readonly runId: string; readonly minutes: number } | null;
  /** Hours since anything arrived; `MOST_SILENT_HOURS` where that is longer ago. */
  readonly intakeSilentHours: number;
  /** Share of the records since the last look that went to quarantine, where there were enough to judge. */
  readonly refusedPercent: number | null;
  /** Sources of which something was refused, the worst first. */
  readonly refusedBySource: Readonly<Record<string, number>>;
}

/** What is said of an intake of which nothing is known. */
export const MOST_SILENT_HOURS = 24;

/** Of fewer records than this a share says nothing. */
const LEAST_RECORDS = 100;

const HOUR_MS = 3_600_000;

/** Looks at the platform as a whole: what no single function can see to be missing. */
export async function monitor(deps: MonitorDeps): Promise<Findings> {
  const now = deps.now();
  const [overdue, run, intake] = await Promise.all([overdueTables(deps, now), deps.run(), deps.intake()]);
  return {
    overdue,
    run: run === undefined ? null : { runId: run.runId, minutes: hoursBetween(run.since, now) * 60 },
    intakeSilentHours: intake.last === undefined ? MOST_SILENT_HOURS : hoursBetween(intake.last, now),
    ...refused(intake.rows),
  };
}

/** Statuses after which a table is as its inputs are. */
const CURRENT: ReadonlySet<BuildStatus> = new Set(['built', 'skipped', 'audited']);

async function overdueTables({ manifest, builds }: MonitorDeps, now: Date): Promise<readonly OverdueTable[]> {
  const promised = manifest.models.flatMap(({ name, owner, slaHours }) =>
    slaHours === undefined ? [] : [{ model: name, owner, slaHours }],
  );
  const longest = Math.max(0, ...promised.map(({ slaHours }) => slaHours));
  const unseen = new Set(promised.map(({ model }) => model));
  const lastBuilt = new Map<string, Date>();
  for await (const rows of unseen.size === 0 ? [] : builds(new Date(now.getTime() - (longest + 24) * HOUR_MS))) {
    for (const { model, status, started_at } of rows) {
      if (CURRENT.has(status) && unseen.delete(model))
        lastBuilt.set(model, new Date(`${started_at.replace(' ', 'T')}Z`));
    }
    if (unseen.size === 0) break;
  }
  return promised.flatMap((table) => {
    const last = lastBuilt.get(table.model);
    const hours = last === undefined ? null : hoursBetween(last, now);
    return hours === null || hours > table.slaHours ? [{ ...table, hours }] : [];
  });
}

function refused(rows: readonly IntakeRow[]): Pick<Findings, 'refusedPercent' | 'refusedBySource'> {
  const received = rows.reduce((sum, row) => sum + row.received, 0);
  const bySource = new Map<string, number>();
  for (const { source, quarantined } of rows) {
    if (quarantined > 0) bySource.set(source, (bySource.get(source) ?? 0) + quarantined);
  }
  const all = [...bySource.values()].reduce((sum, count) => sum + count, 0);
  return {
    refusedPercent: received < LEAST_RECORDS ? null : (100 * all) / received,
    refusedBySource: Object.fromEntries([...bySource].sort(([, a], [, b]) => b - a)),
  };
}

const hoursBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / HOUR_MS;
