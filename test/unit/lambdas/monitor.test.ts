import { describe, expect, it } from 'vitest';
import {
  type BuildRow,
  type Intake,
  MOST_SILENT_HOURS,
  type MonitorDeps,
  monitor,
} from '../../../lambdas/monitor/monitor.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const manifest = compileSketches(
  { ...silverSales, header: 'sla: {hours: 2}' },
  {
    path: 'sql/gold/star/daily.sql',
    columns: ['sale_id varchar'],
    header: 'sla: {hours: 26}',
    sql: 'select sale_id from silver.sales',
  },
  { path: 'sql/gold/star/someday.sql', columns: ['sale_id varchar'], sql: 'select sale_id from silver.sales' },
);

const now = new Date('2026-11-21T12:00:00Z');
const build = (model: string, started_at: string, status: BuildRow['status'] = 'built'): BuildRow => ({
  model,
  status,
  started_at: `2026-11-${started_at}:00.000`,
});

interface Seen {
  readonly runs?: readonly (readonly BuildRow[])[];
  readonly run?: { readonly runId: string; readonly since: Date };
  readonly intake?: Partial<Intake>;
}

/** What is found, and how many runs' builds were read for it. */
async function look({ runs = [], run, intake }: Seen) {
  let read = 0;
  let since: Date | undefined;
  const deps: MonitorDeps = {
    manifest,
    now: () => now,
    async *builds(from) {
      since = from;
      for (const rows of runs) {
        read += 1;
        yield rows;
      }
    },
    run: async () => run,
    intake: async () => ({ last: now, rows: [], ...intake }),
  };
  return { ...(await monitor(deps)), read, since };
}

describe('tables', () => {
  const upToDate = [build('silver.sales', '21 11:00', 'skipped'), build('gold.daily', '21 11:01', 'audited')];

  it('are in time where the last run has looked after them, which is all that is read', async () => {
    expect(await look({ runs: [upToDate, upToDate] })).toMatchObject({ overdue: [], read: 1 });
  });

  it('are overdue when the last time is longer ago than their sla', async () => {
    const runs = [[build('silver.sales', '21 09:59'), build('gold.daily', '21 10:00')]];
    expect((await look({ runs })).overdue).toEqual([
      { model: 'silver.sales', owner: 'data-team', slaHours: 2, hours: expect.closeTo(2.017, 2) },
    ]);
  });

  it.each(['failed', 'blocked', 'rolled_back'] as const)('are no younger for having %s', async (status) => {
    const runs = [
      [build('silver.sales', '21 11:00', status)],
      [build('silver.sales', '21 09:00'), build('gold.daily', '21 09:00')],
    ];
    expect((await look({ runs })).overdue).toMatchObject([{ model: 'silver.sales', hours: 3 }]);
  });

  it('that no run has built are overdue; those without an sla never', async () => {
    const { overdue, since } = await look({ runs: [[build('gold.daily', '21 11:00')]] });
    expect(overdue).toEqual([{ model: 'silver.sales', owner: 'data-team', slaHours: 2, hours: null }]);
    expect(since).toEqual(new Date('2026-11-19T10:00:00Z'));
  });
});

describe('the run under way', () => {
  it('is told with its minutes', async () => {
    const run = { runId: 'r', since: new Date('2026-11-21T09:30:00Z') };
    expect((await look({ run })).run).toEqual({ runId: 'r', minutes: 150 });
    expect((await look({})).run).toBeNull();
  });
});

describe('the intake', () => {
  it('has been silent since its last batch', async () => {
    expect((await look({ intake: { last: new Date('2026-11-21T08:00:00Z') } })).intakeSilentHours).toBe(4);
    expect((await look({ intake: { last: undefined } })).intakeSilentHours).toBe(MOST_SILENT_HOURS);
  });

  it('tells the share of refused records, and whose they are', async () => {
    const rows = [
      { source: 'page_views', received: 60, quarantined: 1 },
      { source: 'stores', received: 30, quarantined: 0 },
      { source: 'countries', received: 10, quarantined: 9 },
    ];
    const { refusedPercent, refusedBySource } = await look({ intake: { rows } });
    expect(refusedPercent).toBe(10);
    expect(Object.entries(refusedBySource)).toEqual([
      ['countries', 9],
      ['page_views', 1],
    ]);
  });

  it('judges no share of few records', async () => {
    const rows = [{ source: 'stores', received: 99, quarantined: 99 }];
    expect(await look({ intake: { rows } })).toMatchObject({ refusedPercent: null, refusedBySource: { stores: 99 } });
  });
});
