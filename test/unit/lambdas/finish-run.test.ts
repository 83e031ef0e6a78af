import { describe, expect, it } from 'vitest';
import { OPERATIONS_TABLES } from '../../../engine/operations.ts';
import type { BuildRecord } from '../../../engine/run.ts';
import type { RunAlert } from '../../../lambdas/finish-run/alert.ts';
import { type FinishRunDeps, finishRun } from '../../../lambdas/finish-run/finish-run.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const manifest = compileSketches(silverSales, {
  path: 'sql/gold/star/fact.sql',
  columns: ['sale_id varchar'],
  sql: 'select sale_id from silver.sales',
});

const runId = '2026-11-21T11-05-00Z-1a2b3c';
const event = {
  runId,
  asOf: '2026-11-21',
  full: false,
  audit: false,
  selected: null,
  allowBreaking: false,
  engine: null,
  executionArn: 'mine',
  announce: false,
};

const built: BuildRecord = {
  runId,
  model: 'silver.sales',
  owner: 'data-team',
  status: 'built',
  reason: 'first version',
  engine: 'duckdb',
  startedAt: '2026-11-21T11:05:02.000Z',
  seconds: 1.5,
  inputBytes: 1000,
  rows: 3,
  bytes: 500,
  snapshotId: '42',
  fingerprint: 'abc',
  inputs: [{ table: 'bronze.sales', version: 'v' }],
  checks: [
    {
      check: 'not_null(sale_id)',
      rule: 'not_null',
      dimension: 'completeness',
      action: 'abort',
      passed: true,
      failures: 0,
      rows: 3,
      score: 100,
      detail: null,
      measures: {},
      sample: [],
    },
  ],
  error: null,
};

const failedCheck = {
  ...built.checks[0],
  passed: false,
  failures: 1,
  score: 66.7,
  detail: null,
  measures: {},
  sample: [{ sale_id: null, customer_id: '***' }],
} as BuildRecord['checks'][number];

const failed: BuildRecord = { ...built, status: 'failed', reason: 'not_null(sale_id)', checks: [failedCheck] };
const blocked: BuildRecord = {
  ...built,
  model: 'gold.fact',
  status: 'blocked',
  reason: 'silver.sales failed',
  checks: [],
};

function finishing(...records: readonly BuildRecord[]) {
  const rows: Record<string, readonly unknown[]> = {};
  const alerts: RunAlert[] = [];
  const released: string[] = [];
  const deps: FinishRunDeps = {
    manifest,
    journal: { read: async (_runId, model) => records.find((record) => record.model === model) },
    lock: {
      acquire: async () => undefined,
      release: async (executionArn) => {
        released.push(executionArn);
      },
    },
    runbookUrl: 'https://runbook.example',
    now: () => new Date('2026-11-21T11:06:00Z'),
    writeRows: async (table, _runId, content) => {
      rows[table] = content;
    },
    alert: async (message) => {
      alerts.push(message);
    },
  };
  return { deps, rows, alerts, released };
}

describe('the end of a run', () => {
  it('succeeds when everything was built or skipped, and lets the next one begin', async () => {
    const { deps, rows, alerts, released } = finishing(built, {
      ...built,
      model: 'gold.fact',
      status: 'skipped',
      checks: [],
    });
    expect(await finishRun(deps, event)).toMatchObject({
      status: 'succeeded',
      built: 1,
      skipped: 1,
      failed: 0,
      blocked: 0,
    });
    expect(rows.runs).toEqual([expect.objectContaining({ run_id: runId, status: 'succeeded', seconds: 60 })]);
    expect(rows.builds).toHaveLength(2);
    expect(rows.checks).toEqual([expect.objectContaining({ check_id: 'not_null(sale_id)', passed: true })]);
    expect(alerts).toEqual([]);
    expect(released).toEqual(['mine']);
  });

  it('tells the owner of a failed model, with masked rows and the runbook, and nobody of a blocked one', async () => {
    const { deps, alerts } = finishing(failed, blocked);
    expect(await finishRun(deps, event)).toMatchObject({ status: 'failed', failed: 1, blocked: 1 });
    expect(alerts[0]).toEqual({
      severity: 'error',
      title: 'Build failed: silver.sales',
      table: 'silver.sales',
      owner: 'data-team',
      runId,
      reason: 'not_null(sale_id)',
      failures: [
        {
          check: 'not_null(sale_id)',
          detail: null,
          remedy: expect.stringContaining('source'),
          sample: [{ sale_id: null, customer_id: '***' }],
        },
      ],
      runbook: 'https://runbook.example#build-failed',
    });
  });

  it('alerts a published table that scores below 80, and a run that does', async () => {
    const low = { ...failedCheck, action: 'warn', score: 79.9 } as const;
    const { deps, rows, alerts } = finishing({ ...built, checks: [low] }, { ...built, model: 'gold.fact', checks: [] });
    await finishRun(deps, event);
    const common = {
      severity: 'critical',
      reason: 'the score is 79.9 of 100, below 80',
      runbook: 'https://runbook.example#quality-low',
    };
    expect(alerts).toMatchObject([
      {
        ...common,
        title: 'Quality is low: silver.sales',
        table: 'silver.sales',
        failures: [{ sample: [{ customer_id: '***' }] }],
      },
      { ...common, table: 'all tables', failures: [{ check: 'silver.sales: not_null(sale_id)', sample: [] }] },
    ]);
    expect(rows.runs).toMatchObject([{ score: 79.9 }]);
    expect(rows.builds).toMatchObject([{ score: 79.9 }, { score: null }]);
    expect(rows.checks).toMatchObject([{ score: 79.9, sample: JSON.stringify(low.sample) }]);
  });

  it('says nothing of a score of 80', async () => {
    const { deps, alerts } = finishing(
      { ...built, checks: [{ ...failedCheck, action: 'warn', score: 80 }] },
      { ...built, model: 'gold.fact' },
    );
    await finishRun(deps, event);
    expect(alerts).toEqual([]);
  });

  it('alerts an unchanged table that has grown stale, unless that is only a warning', async () => {
    const stale = {
      ...failedCheck,
      check: 'freshness(sold_at)',
      rule: 'freshness',
      detail: 'newest 2026-11-18',
      sample: [],
    };
    const skipped = { ...built, status: 'skipped' } as const;
    const { deps, rows, alerts } = finishing(
      { ...skipped, checks: [stale] },
      { ...skipped, model: 'gold.fact', checks: [{ ...stale, action: 'warn' }] },
    );
    await finishRun(deps, event);
    expect(alerts).toMatchObject([
      {
        title: 'Data is stale: silver.sales',
        reason: 'freshness(sold_at): newest 2026-11-18',
        runbook: 'https://runbook.example#data-stale',
      },
    ]);
    expect(rows.runs).toMatchObject([{ score: null }]);
  });

  it('fails where an audit finds rows served that an abort check refuses, and alerts the owner', async () => {
    const audited = { ...built, status: 'audited' } as const;
    const { deps, rows, alerts } = finishing(
      { ...audited, checks: [failedCheck] },
      { ...audited, model: 'gold.fact', checks: [{ ...failedCheck, action: 'warn', score: 99 }] },
    );
    const audit = { ...event, audit: true };
    expect(await finishRun(deps, audit)).toMatchObject({ status: 'failed', audited: 2, failed: 0, skipped: 0 });
    expect(alerts).toMatchObject([
      { title: 'Audit failed: silver.sales', severity: 'error', runbook: 'https://runbook.example#audit-failed' },
    ]);
    expect(rows.runs).toMatchObject([{ mode: 'audit', status: 'failed', audited: 2 }]);
    expect(rows.builds).toMatchObject([{ status: 'audited', score: 66.7 }, { status: 'audited' }]);
  });

  it('succeeds where an audit finds nothing', async () => {
    const audited = { ...built, status: 'audited' } as const;
    const { deps, alerts } = finishing(audited, { ...audited, model: 'gold.fact' });
    expect(await finishRun(deps, { ...event, audit: true })).toMatchObject({ status: 'succeeded', audited: 2 });
    expect(alerts).toEqual([]);
  });

  it('is told where that is wanted, if it is a good one', async () => {
    const announced = { ...event, announce: true };
    const good = finishing(built, { ...built, model: 'gold.fact', status: 'skipped', checks: [] });
    await finishRun(good.deps, announced);
    expect(good.alerts).toMatchObject([
      { severity: 'info', title: 'Run finished: data as of 2026-11-21', reason: '1 built, 1 as they were, in 60 s' },
    ]);
    const bad = finishing(failed, blocked);
    await finishRun(bad.deps, announced);
    expect(bad.alerts.map(({ severity }) => severity)).not.toContain('info');
  });

  it('counts a selected model without a record as crashed', async () => {
    const { deps, rows, alerts } = finishing(built);
    expect(await finishRun(deps, event)).toMatchObject({ status: 'failed', built: 1, failed: 1 });
    expect(rows.builds?.[1]).toMatchObject({ model: 'gold.fact', status: 'failed', error_code: 'crashed' });
    expect(alerts).toEqual([expect.objectContaining({ table: 'gold.fact', owner: 'data-team' })]);
  });

  it('leaves models out that were not selected', async () => {
    const { deps, rows } = finishing(built);
    expect(await finishRun(deps, { ...event, selected: ['silver.sales'] })).toMatchObject({ status: 'succeeded' });
    expect(rows.builds).toHaveLength(1);
  });

  it('gives the lock free even when it cannot alert', async () => {
    const { deps, released } = finishing(failed, blocked);
    const broken = { ...deps, alert: () => Promise.reject(new Error('no topic')) };
    await expect(finishRun(broken, event)).rejects.toThrow('no topic');
    expect(released).toEqual(['mine']);
  });

  it.each(OPERATIONS_TABLES)('writes rows with the columns of operations.$name', async ({ name, columns }) => {
    const { deps, rows } = finishing(built, blocked);
    await finishRun(deps, event);
    const [row = {}] = rows[name] ?? [];
    expect(Object.keys(row as object)).toEqual(columns.map((column) => column.name));
  });
});
