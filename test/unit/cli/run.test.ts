import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { requireSameManifest } from '../../../cli/commands/run.ts';
import { executeRun } from '../../../cli/run/execute.ts';
import { runReport } from '../../../cli/run/report.ts';
import { selectModels } from '../../../cli/run/selection.ts';
import type { CompiledModel, Manifest } from '../../../engine/manifest.ts';
import { type BuildRecord, buildRecordKey, runIdOf } from '../../../engine/run.ts';
import type { Platform } from '../../../infra/platform.ts';
import { memoryBucket } from './memory-bucket.ts';

const model = (name: string, domain: string) => ({ name, domain }) as CompiledModel;
const manifest: Manifest = {
  formatVersion: 1,
  hash: 'of this folder',
  models: [model('silver.products', 'silver'), model('gold.dim_product', 'star'), model('gold.fact_sale', 'star')],
  sources: [],
};
const platform = {
  environment: 'local',
  buckets: { operations: 'operations' },
  stateMachineArn: 'arn:machine',
  manifestHash: 'of this folder',
} as Platform;

const executionArn = 'arn:execution:1';
const startDate = new Date('2026-01-31T10:00:00.400Z');
const runId = runIdOf(executionArn, startDate);

const build = (name: string, fields: Partial<BuildRecord> = {}): BuildRecord => ({
  runId,
  model: name,
  owner: 'sales',
  status: 'built',
  reason: 'bronze.erp_products has changed',
  engine: 'duckdb',
  startedAt: '2026-01-31T10:00:01Z',
  seconds: 1.25,
  inputBytes: 10,
  rows: 1_234,
  bytes: 20,
  snapshotId: '1',
  fingerprint: 'f',
  inputs: [],
  checks: [],
  error: null,
  ...fields,
});

const failedBuild = build('gold.fact_sale', {
  status: 'failed',
  reason: 'unique(sale_key) failed',
  startedAt: '2026-01-31T10:00:02Z',
  rows: 0,
  checks: [
    {
      check: 'unique(sale_key)',
      rule: 'unique',
      dimension: 'uniqueness',
      action: 'abort',
      passed: false,
      failures: 2,
      rows: 1_000,
      score: 99.8,
      detail: null,
      measures: {},
      sample: [{ sale_key: 'a', customer_id: '***' }],
    },
  ],
});

describe('the selection of a run', () => {
  it('is a set with all that its models are made of, and nothing beside it', () => {
    const models = manifest.models.map((one) => ({
      ...one,
      inputs: one.name === 'gold.fact_sale' ? ['silver.products'] : [],
    }));
    const all = { ...manifest, models };
    expect(selectModels(all, { table: [], domain: [], set: 'reporting' })).toEqual([
      'gold.dim_product',
      'gold.fact_sale',
      'silver.products',
    ]);
    const both = () => selectModels(all, { table: ['dim_product'], domain: [], set: 'reporting' });
    expect(both).toThrow(expect.objectContaining({ code: 'two_selections' }));
  });

  it.each([
    [{ table: [], domain: [] }, null],
    [{ table: ['gold.fact_sale'], domain: [] }, ['gold.fact_sale']],
    [{ table: ['dim_product'], domain: [] }, ['gold.dim_product']],
    [{ table: ['silver.products'], domain: ['star'] }, ['silver.products', 'gold.dim_product', 'gold.fact_sale']],
  ])('%j', (selection, expected) => {
    expect(selectModels(manifest, selection)).toEqual(expected);
  });

  it('names what there is when something is unknown', () => {
    expect(() => selectModels(manifest, { table: ['fact_sales'], domain: [] })).toThrow(
      expect.objectContaining({ code: 'unknown_model', advice: expect.stringContaining('gold.fact_sale') }),
    );
    expect(() => selectModels(manifest, { table: [], domain: ['stars'] })).toThrow(
      expect.objectContaining({ code: 'unknown_domain', advice: 'choose among silver, star' }),
    );
  });
});

describe('a stale deployment', () => {
  it('is refused with the command that deploys', () => {
    const stale = { ...manifest, hash: 'of other files' };
    expect(() => requireSameManifest(platform, stale)).toThrow(
      expect.objectContaining({ code: 'stale_deployment', advice: 'deploy them: npx tributary up' }),
    );
    expect(() => requireSameManifest({ ...platform, environment: 'dev' }, stale)).toThrow(
      expect.objectContaining({ advice: 'deploy them: npx cdk deploy --all -c env=dev' }),
    );
  });

  it('is none when the hashes agree', () => {
    expect(() => requireSameManifest(platform, manifest)).not.toThrow();
  });
});

describe('following a run', () => {
  const machines = mockClient(SFNClient);
  const bucket = memoryBucket();
  const options = { stepFunctions: new SFNClient({ region: 'us-east-1' }), s3: bucket.client, pollMs: 1 };

  /** Each time the run is looked at, the next of these has happened. */
  function givenSteps(...steps: { status: 'RUNNING' | 'SUCCEEDED' | 'FAILED'; builds?: BuildRecord[] }[]): void {
    machines.reset();
    bucket.objects.clear();
    machines.on(StartExecutionCommand).resolves({ executionArn, startDate });
    let step = -1;
    machines.on(DescribeExecutionCommand).callsFake(() => {
      step = Math.min(step + 1, steps.length - 1);
      for (const record of steps[step]?.builds ?? []) {
        bucket.objects.set(buildRecordKey(runId, record.model), JSON.stringify(record));
      }
      const failure = steps[step]?.status === 'FAILED' ? { error: 'RunActive', cause: 'another run is under way' } : {};
      return { status: steps[step]?.status, startDate, ...failure };
    });
  }

  beforeEach(() => machines.reset());

  it('tells of each build once, the last ones too, and passes the input on', async () => {
    const first = build('silver.products');
    const last = build('gold.dim_product', { startedAt: '2026-01-31T10:00:03Z' });
    givenSteps({ status: 'RUNNING' }, { status: 'RUNNING', builds: [first] }, { status: 'SUCCEEDED', builds: [last] });
    const told: string[] = [];
    const outcome = await executeRun(
      platform,
      { full: false, selected: null, asOf: '2018-01-01' },
      { ...options, onBuild: (record) => told.push(record.model) },
    );
    expect(told).toEqual(['silver.products', 'gold.dim_product']);
    expect(outcome).toMatchObject({ runId, succeeded: true, builds: [first, last] });
    const [start] = machines.commandCalls(StartExecutionCommand);
    expect(JSON.parse(start?.args[0].input.input ?? '')).toEqual({ full: false, selected: null, asOf: '2018-01-01' });
  });

  it('fails when a build failed, and shows the check with its masked rows', async () => {
    givenSteps({ status: 'SUCCEEDED', builds: [build('silver.products'), failedBuild] });
    const outcome = await executeRun(platform, { full: false, selected: null }, options);
    expect(outcome.succeeded).toBe(false);
    const report = runReport(outcome);
    expect(report).toContain('silver.products  built   1,234     1.25  bronze.erp_products has changed');
    expect(report).toContain('unique(sale_key): 2 of 1,000 failed');
    expect(report).toContain('{"sale_key":"a","customer_id":"***"}');
    expect(report).toContain('1 built, 1 failed');
  });

  it('fails with the cause when the state machine itself failed', async () => {
    givenSteps({ status: 'FAILED' });
    const outcome = await executeRun(platform, { full: false, selected: null }, options);
    expect(outcome).toMatchObject({ succeeded: false, cause: 'RunActive: another run is under way' });
  });
});
