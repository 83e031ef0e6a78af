import { InvokeCommand } from '@aws-sdk/client-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { executeRun, type RunInput, type RunOutcome } from '../../cli/run/execute.ts';
import { lambda } from '../../common/aws.ts';
import type { Platform } from '../../infra/platform.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await loadPlatform();
});

interface Deployed {
  readonly State: string;
  readonly Target: { readonly Arn: string; readonly Input: string };
}

/** A schedule as it is deployed. The emulator asks for no signature, only for which service is meant. */
async function schedule(name: string): Promise<Deployed> {
  const credential = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/scheduler/aws4_request';
  const response = await fetch(`${process.env.AWS_ENDPOINT_URL}/schedules/tributary-${name}`, {
    headers: { Authorization: `${credential}, SignedHeaders=host, Signature=0` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Deployed;
}

/** What EventBridge Scheduler does at the schedule's time: calls its target with its input. */
async function due(name: string): Promise<RunOutcome> {
  const { Target } = await schedule(name);
  expect(Target.Arn).toBe(platform.stateMachineArn);
  return executeRun(platform, JSON.parse(Target.Input) as RunInput);
}

const recorded = (...runIds: readonly string[]) =>
  queryRows(
    `select run_id, mode, status, reason from operations.runs
     where run_id in (${runIds.map((id) => `'${id}'`).join(', ')}) order by run_id`,
    { workgroup: platform.workgroup },
  );

/** How many versions of tables the lake's runs have published. */
const written = () =>
  queryRows("select count(*) as versions from operations.builds where status = 'built'", {
    workgroup: platform.workgroup,
  });

const statusesOf = ({ builds }: RunOutcome) => new Set(builds.map(({ status }) => status));

describe('schedules', () => {
  it('begin nothing by themselves here', async () => {
    for (const name of ['hourly-incremental', 'daily-audit', 'daily-reporting', 'monitoring']) {
      expect(await schedule(name)).toMatchObject({ State: 'DISABLED' });
    }
  });

  it('build every hour what has changed', async () => {
    expect(await due('hourly-incremental')).toMatchObject({ succeeded: true });
    const again = await due('hourly-incremental');
    expect(statusesOf(again)).toEqual(new Set(['skipped']));
    expect(await recorded(again.runId)).toMatchObject([{ mode: 'incremental', status: 'succeeded' }]);
  });

  it('judge all rows of every table at night, and write nothing', async () => {
    const before = await written();
    const audit = await due('daily-audit');
    expect(audit).toMatchObject({ succeeded: true });
    expect(statusesOf(audit)).toEqual(new Set(['audited']));
    expect(audit.builds.every(({ checks }) => checks.length > 0)).toBe(true);
    expect(await written()).toEqual(before);
    expect(await recorded(audit.runId)).toMatchObject([{ mode: 'audit', status: 'succeeded' }]);
  });

  it('build in the morning what reports are made of', async () => {
    const { succeeded, builds } = await due('daily-reporting');
    expect(succeeded).toBe(true);
    const names = builds.map(({ model }) => model);
    expect(names).toEqual(expect.arrayContaining(['marts.sales_by_day', 'gold.fact_sale', 'silver.order_lines']));
    // Nothing in gold or in the marts reads it.
    expect(names).not.toContain('silver.campaign_recipients');
  });

  it('that meet a run wait for its end, and a run that does not wait leaves a record', async () => {
    const [hourly, nightly, impatient] = await Promise.all([
      due('hourly-incremental'),
      due('daily-audit'),
      executeRun(platform, { full: false, selected: ['silver.stores'] }),
    ]);
    expect([hourly.succeeded, nightly.succeeded]).toEqual([true, true]);
    const runs = await recorded(hourly.runId, nightly.runId);
    expect(runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    // It was the first of the three, or was refused.
    expect(await recorded(impatient.runId)).toMatchObject([
      impatient.succeeded
        ? { status: 'succeeded' }
        : { status: 'skipped', reason: expect.stringMatching(/^the run .* is under way$/) },
    ]);
  });

  it('look after the platform', async () => {
    const { Target } = await schedule('monitoring');
    const { Payload, FunctionError } = await lambda().send(
      new InvokeCommand({ FunctionName: Target.Arn, Payload: Buffer.from(Target.Input) }),
    );
    expect(FunctionError).toBeUndefined();
    // All tables were audited a moment ago.
    expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toMatchObject({
      overdue: [],
      run: null,
      intakeSilentHours: expect.any(Number),
    });
  });
});
