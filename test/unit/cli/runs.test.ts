import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { cancelRuns } from '../../../cli/run/cancel.ts';
import { executeRun } from '../../../cli/run/execute.ts';
import { resumedInput } from '../../../cli/run/resume.ts';
import { pastRuns, runsReport } from '../../../cli/run/runs.ts';
import type { CompiledModel } from '../../../engine/manifest.ts';
import { type BuildStatus, buildRecordKey, runIdOf } from '../../../engine/run.ts';
import type { Platform } from '../../../infra/platform.ts';
import { memoryBucket } from './memory-bucket.ts';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:tributary-run';
const platform = {
  stateMachineArn: MACHINE,
  buckets: { operations: 'operations' },
  stateTable: 'state',
} as Platform;
const model = (name: string, domain: string) => ({ name, domain }) as CompiledModel;
const manifest = {
  models: [model('silver.sales', 'silver'), model('gold.fact', 'star'), model('gold.dim', 'star')],
};

interface Given {
  readonly name: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: string;
  readonly machine?: string;
  readonly input?: unknown;
  readonly output?: unknown;
}

const sfn = mockClient(SFNClient);
const client = new SFNClient({ region: 'us-east-1' });
let bucket: ReturnType<typeof memoryBucket>;

/** Step Functions with these executions. */
function executions(...given: readonly Given[]): void {
  sfn.on(ListExecutionsCommand).callsFake(({ stateMachineArn, statusFilter }) => ({
    executions: given
      .filter(
        ({ machine = MACHINE, status }) => machine === stateMachineArn && [undefined, status].includes(statusFilter),
      )
      .map(({ name, status, startedAt }) => ({
        executionArn: name,
        status,
        startDate: new Date(startedAt),
        ...(status === 'RUNNING' ? {} : { stopDate: new Date(Date.parse(startedAt) + 90_000) }),
      })),
  }));
  sfn.on(DescribeExecutionCommand).callsFake(({ executionArn }) => {
    const { input = {}, output, startedAt, status } = given.find(({ name }) => name === executionArn) ?? given[0] ?? {};
    return {
      input: JSON.stringify(input),
      status,
      startDate: new Date(startedAt ?? 0),
      ...(output === undefined ? {} : { output: JSON.stringify(output) }),
    };
  });
  sfn.on(StopExecutionCommand).resolves({});
}

function records(run: Given, statuses: Readonly<Record<string, BuildStatus>>): void {
  const runId = runIdOf(run.name, new Date(run.startedAt));
  for (const [name, status] of Object.entries(statuses)) {
    bucket.objects.set(
      buildRecordKey(runId, name),
      JSON.stringify({ runId, model: name, status, startedAt: run.startedAt, seconds: 2 }),
    );
  }
}

beforeEach(() => {
  sfn.reset();
  bucket = memoryBucket();
});

const FAILED: Given = { name: 'failed', status: 'FAILED', startedAt: '2026-11-20T23:59:00Z', input: { full: true } };
const SKIPPED: Given = {
  name: 'skipped',
  status: 'SUCCEEDED',
  startedAt: '2026-11-21T00:00:00Z',
  output: { status: 'skipped', reason: 'the run x is under way' },
};

describe('a run that is resumed', () => {
  const resumed = () => resumedInput(platform, manifest, { stepFunctions: client, s3: bucket.client });

  it('builds what the last one has not, on its day; runs that made way do not count', async () => {
    executions(SKIPPED, FAILED);
    records(FAILED, { 'silver.sales': 'built', 'gold.fact': 'failed' });
    expect(await resumed()).toEqual({
      asOf: '2026-11-20',
      full: true,
      audit: false,
      allowBreaking: false,
      engine: null,
      selected: ['gold.fact', 'gold.dim'],
    });
  });

  it('goes on with one that was stopped, within what was selected, on the date that was given', async () => {
    const stopped: Given = {
      ...FAILED,
      status: 'ABORTED',
      input: { asOf: '2018-01-01', selected: ['gold.dim', 'silver.sales'], allowBreaking: true, engine: 'athena' },
    };
    executions(stopped);
    records(stopped, { 'silver.sales': 'skipped' });
    expect(await resumed()).toEqual({
      asOf: '2018-01-01',
      full: false,
      audit: false,
      allowBreaking: true,
      engine: 'athena',
      selected: ['gold.dim'],
    });
  });

  it.each([
    [[], 'nothing_to_resume'],
    [[{ ...FAILED, status: 'SUCCEEDED' as const }], 'nothing_to_resume'],
    [[{ ...FAILED, status: 'RUNNING' as const }], 'run_in_progress'],
  ])('is refused after %j', async (given, code) => {
    executions(...given);
    await expect(resumed()).rejects.toMatchObject({ code });
  });
});

describe('a run that is cancelled', () => {
  const functions = {
    requests: [] as unknown[],
    client: new LambdaClient({ region: 'us-east-1' }),
  };
  beforeEach(() => {
    functions.requests.length = 0;
    mockClient(functions.client)
      .on(InvokeCommand)
      .callsFake(({ Payload }) => {
        functions.requests.push(JSON.parse(Payload));
        return { Payload: Buffer.from('["gold.fact"]') };
      });
  });

  it('is stopped before what it started, and its lock is free', async () => {
    const parent: Given = { ...FAILED, name: 'parent', status: 'RUNNING' };
    const domainMachine = MACHINE.replace('tributary-run', 'tributary-star');
    const child = (name: string, by: string): Given => ({
      ...parent,
      name,
      machine: domainMachine,
      input: { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: by },
    });
    executions(parent, child('child', 'parent'), child('of another', 'somebody'));
    const released: string[] = [];
    const stopped = await cancelRuns(platform, manifest, {
      stepFunctions: client,
      lock: { release: async (arn) => void released.push(arn) },
      lambda: functions.client,
    });
    const calls = sfn.commandCalls(StopExecutionCommand).map(({ args: [{ input }] }) => input.executionArn);
    expect(calls).toEqual(['parent', 'child']);
    expect(released).toEqual(['parent']);
    const runId = runIdOf('parent', new Date(parent.startedAt));
    expect(stopped).toEqual({ runs: [{ runId, domains: 1 }], models: ['gold.fact'] });
    expect(functions.requests).toEqual([{ action: 'stop', runIds: [runId] }]);
  });

  it('may not be there', async () => {
    executions(FAILED);
    const lock = { release: async () => {} };
    const ports = { stepFunctions: client, lock, lambda: functions.client };
    expect(await cancelRuns(platform, manifest, ports)).toEqual({ runs: [], models: [] });
    expect(functions.requests).toEqual([]);
    expect(sfn.commandCalls(StopExecutionCommand)).toEqual([]);
  });
});

describe('a run that meets another one', () => {
  it('says so, and has not succeeded for whoever asked for it', async () => {
    executions(SKIPPED);
    sfn.on(StartExecutionCommand).resolves({ executionArn: 'skipped' });
    const outcome = await executeRun(
      platform,
      { full: false, selected: null },
      { stepFunctions: client, s3: bucket.client, pollMs: 1 },
    );
    expect(outcome).toMatchObject({ succeeded: false, cause: 'nothing was done: the run x is under way', builds: [] });
  });
});

describe('the runs of the past', () => {
  it('have a status, a duration, counts and dollars', async () => {
    const running: Given = { ...FAILED, name: 'running', status: 'RUNNING', startedAt: '2026-11-21T02:00:00Z' };
    const stopped: Given = { ...FAILED, name: 'stopped', status: 'ABORTED', startedAt: '2026-11-21T01:00:00Z' };
    executions(running, stopped, SKIPPED, FAILED);
    records(FAILED, { 'silver.sales': 'built', 'gold.fact': 'failed', 'gold.dim': 'built' });
    const runs = await pastRuns(platform, 3, {
      stepFunctions: client,
      s3: bucket.client,
      machine: { memoryMiB: 1024, architecture: 'x64', sparkUnits: undefined },
      now: () => new Date('2026-11-21T02:00:05Z'),
    });
    expect(runs.map(({ status, seconds }) => [status, seconds])).toEqual([
      ['running', 5],
      ['cancelled', 90],
      ['skipped', 90],
    ]);
    executions(FAILED);
    const [failed] = await pastRuns(platform, 3, {
      stepFunctions: client,
      s3: bucket.client,
      machine: { memoryMiB: 1024, architecture: 'x64', sparkUnits: undefined },
      now: () => new Date(),
    });
    expect(failed).toMatchObject({ status: 'failed', counts: { built: 2, failed: 1 } });
    expect(failed?.dollars).toBeCloseTo(6 * 0.0000166667, 10);
    expect(runsReport(failed === undefined ? [] : [failed])).toContain('0.00010');
  });
});
