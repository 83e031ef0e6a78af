import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPlatform } from '../../cli/platform.ts';
import { atVersion } from '../../cli/query/at-version.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { cancelRuns } from '../../cli/run/cancel.ts';
import { executeChange } from '../../cli/run/change-table.ts';
import { executeRun, type RunOutcome } from '../../cli/run/execute.ts';
import { latestExecutions } from '../../cli/run/executions.ts';
import { resumedInput } from '../../cli/run/resume.ts';
import { lambda, s3, sns, sqs, stepFunctions } from '../../common/aws.ts';
import { compileProject } from '../../engine/compile/index.ts';
import { functionName } from '../../infra/names.ts';
import type { Platform } from '../../infra/platform.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';

const CAMPAIGNS = 'silver.campaigns';
const RECIPIENTS = 'silver.campaign_recipients';

let platform: Platform;
let folder: string;
let alerts: AlertQueue;

beforeAll(async () => {
  platform = await loadPlatform();
  folder = await mkdtemp(join(tmpdir(), 'tributary-runs-'));
  alerts = await subscribe(platform.alertTopicArn);
});

afterAll(async () => {
  await alerts.close();
  await rm(folder, { recursive: true });
});

interface AlertQueue {
  /** The message about a table of a run; waits for it. */
  about(runId: string, table: string): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

/** A queue that gets whatever is published to the topic. */
async function subscribe(topicArn: string): Promise<AlertQueue> {
  const { QueueUrl } = await sqs().send(new CreateQueueCommand({ QueueName: `runs-test-${randomUUID()}` }));
  const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const queueArn = Attributes?.QueueArn;
  const mayPublish = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [mayPublish] });
  await sqs().send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const { SubscriptionArn } = await sns().send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, ReturnSubscriptionArn: true }),
  );
  return {
    async about(runId, table) {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const { Messages = [] } = await sqs().send(
          new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MaxNumberOfMessages: 10 }),
        );
        const contents = Messages.map(({ Body = '{}' }) => JSON.parse(JSON.parse(Body).Message));
        const match = contents.find((content) => content.runId === runId && content.table === table);
        if (match !== undefined) return match;
      }
      throw new Error(`no alert about ${table} in ${runId}`);
    },
    async close() {
      await sns().send(new UnsubscribeCommand({ SubscriptionArn }));
      await sqs().send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** Puts one campaign straight into bronze, past the contract; returns what takes it away again. */
async function givenCampaign(campaignId: string, channel: string): Promise<() => Promise<void>> {
  const path = join(folder, `${campaignId}.parquet`);
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`copy (select '${campaignId}' as campaign_id, 'Spring' as name, '${channel}' as channel,
      date '2017-03-01' as start_date, timestamp '2017-03-01 00:00:00' as updated_at,
      timestamp '2017-03-01 00:00:00' as _ingested_at, 'test' as _origin, '${campaignId}' as _position
    ) to '${path}' (format parquet)`);
  connection.closeSync();
  const object = {
    Bucket: platform.buckets.bronze,
    Key: `email_campaigns/ingest_date=2017-03-01/ingest_hour=00/${campaignId}.parquet`,
  };
  await s3().send(new PutObjectCommand({ ...object, Body: await readFile(path) }));
  return async () => {
    await s3().send(new DeleteObjectCommand(object));
  };
}

const run = (selected: readonly string[] | null, full = false): Promise<RunOutcome> =>
  executeRun(platform, { full, selected, asOf: '2018-01-01' });

const statuses = ({ builds }: RunOutcome) => Object.fromEntries(builds.map(({ model, status }) => [model, status]));

const SERVED = "select campaign_id from silver.campaigns where campaign_id like 'runs-%' order by 1";

const served = async (sql = SERVED): Promise<readonly unknown[]> => {
  const rows = await queryRows(sql, { workgroup: platform.workgroup });
  return rows.map(({ campaign_id }) => campaign_id);
};

describe('runs of the deployed state machines', () => {
  it('build everything, and nothing the second time', async () => {
    await givenCampaign('runs-good', 'email');
    const first = await run(null);
    expect(statuses(first)).toMatchObject({ [CAMPAIGNS]: 'built' });
    expect(first).toMatchObject({ succeeded: true });
    expect(await served()).toEqual(['runs-good']);
    const second = await run(null);
    expect(new Set(second.builds.map(({ status }) => status))).toEqual(new Set(['skipped']));
    expect(second).toMatchObject({ succeeded: true });
    expect(second.builds).toHaveLength(first.builds.length);
  });

  it('keep the old data served when a check fails, tell the owner, and hold back what depends on it', async () => {
    const takeAway = await givenCampaign('runs-bad', 'radio');
    const failed = await run([CAMPAIGNS, RECIPIENTS]);
    expect(failed).toMatchObject({ succeeded: false, cause: expect.stringContaining('ModelsFailed') });
    expect(statuses(failed)).toEqual({ [CAMPAIGNS]: 'failed', [RECIPIENTS]: 'blocked' });
    expect(await served()).toEqual(['runs-good']);
    expect(await alerts.about(failed.runId, CAMPAIGNS)).toMatchObject({
      owner: 'marketing',
      reason: expect.stringContaining('accepted_values(channel)'),
      failures: [{ check: 'accepted_values(channel)', sample: [{ campaign_id: 'runs-bad', channel: 'radio' }] }],
      runbook: expect.stringMatching(/#build-failed$/),
    });
    await takeAway();
    const input = await resumedInput(platform, await compileProject(PROJECT_ROOT));
    expect(input).toMatchObject({ asOf: '2018-01-01', selected: [CAMPAIGNS, RECIPIENTS] });
    expect(await executeRun(platform, input)).toMatchObject({ succeeded: true });
    expect(await served()).toEqual(['runs-good']);
  });

  it('keep the old data served when a build is killed, tell the owner, and build it the next time', async () => {
    await givenCampaign('runs-later', 'email');
    const restore = await withBrokenBuilds();
    const killed = await run([CAMPAIGNS]).finally(restore);
    expect(killed).toMatchObject({ succeeded: false, builds: [] });
    expect(await served()).toEqual(['runs-good']);
    expect(await alerts.about(killed.runId, CAMPAIGNS)).toMatchObject({
      owner: 'marketing',
      reason: expect.stringContaining('crashed'),
    });
    expect(statuses(await run([CAMPAIGNS]))).toEqual({ [CAMPAIGNS]: 'built' });
    expect(await served()).toEqual(['runs-good', 'runs-later']);
  });

  it('are refused while another one is under way', async () => {
    const [one, other] = await Promise.all([run([CAMPAIGNS]), run([CAMPAIGNS])]);
    const refused = [one, other].filter(({ succeeded }) => !succeeded);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.cause).toContain('is under way');
  });

  it('leave a table alone that was rolled back and is held, until it is released', async () => {
    const takeAway = await givenCampaign('runs-wrong', 'email');
    await run([CAMPAIGNS]);
    expect(await served()).toEqual(['runs-good', 'runs-later', 'runs-wrong']);
    const before = new Date().toISOString();
    const { runId } = await executeChange({ action: 'rollback', table: CAMPAIGNS, hold: true });
    expect(await served()).toEqual(['runs-good', 'runs-later']);
    expect(await served(atVersion(SERVED, before))).toEqual(['runs-good', 'runs-later', 'runs-wrong']);
    expect(statuses(await run([CAMPAIGNS]))).toEqual({ [CAMPAIGNS]: 'skipped' });
    const recorded = await queryRows(`select model, status from operations.builds where run_id = '${runId}'`, {
      workgroup: platform.workgroup,
    });
    expect(recorded).toEqual([{ model: CAMPAIGNS, status: 'rolled_back' }]);
    await executeChange({ action: 'release', table: CAMPAIGNS });
    expect(statuses(await run([CAMPAIGNS]))).toEqual({ [CAMPAIGNS]: 'built' });
    expect(await served()).toEqual(['runs-good', 'runs-later', 'runs-wrong']);
    await takeAway();
    await run([CAMPAIGNS]);
    const nothing = executeChange({ action: 'release', table: CAMPAIGNS });
    await expect(nothing).rejects.toMatchObject({ code: 'not_held' });
  });

  it('are recorded in the operations tables', async () => {
    const { runId } = await run([CAMPAIGNS], true);
    const rows = await queryRows(
      `select r.status, b.model, b.status as build, count(c.check_id) as checks
       from operations.runs r
       join operations.builds b on b.run_id = r.run_id
       join operations.checks c on c.run_id = b.run_id and c.model = b.model
       where r.run_id = '${runId}' group by 1, 2, 3`,
      { workgroup: platform.workgroup },
    );
    expect(rows).toEqual([{ status: 'succeeded', model: CAMPAIGNS, build: 'built', checks: expect.any(Number) }]);
  });

  it('look after the files of all tables in an audit, and leave alone what may be being written', async () => {
    const object = { Bucket: platform.buckets.silver, Key: 'campaigns/data/being-written.parquet' };
    await s3().send(new PutObjectCommand({ ...object, Body: 'rows' }));
    const { builds } = await executeRun(platform, {
      full: false,
      audit: true,
      selected: [CAMPAIGNS],
      asOf: '2018-01-01',
    });
    expect(builds).toMatchObject([{ status: 'audited', reason: expect.not.stringContaining('old files stay') }]);
    await s3().send(new HeadObjectCommand(object));
    await s3().send(new DeleteObjectCommand(object));
  });

  it('end when they are cancelled, and the next one may begin', async () => {
    const manifest = await compileProject(PROJECT_ROOT);
    const whole = run(null, true);
    await vi.waitFor(async () =>
      expect(await latestExecutions(stepFunctions(), platform.stateMachineArn, 1, 'RUNNING')).toHaveLength(1),
    );
    expect((await cancelRuns(platform, manifest)).runs).toHaveLength(1);
    expect(await whole).toMatchObject({ succeeded: false, cause: expect.stringContaining('Cancelled') });
    expect((await cancelRuns(platform, manifest)).runs).toEqual([]);
    expect((await run([RECIPIENTS])).cause ?? '').not.toContain('under way');
  });
});

/** Makes every build die at once, as a process that is killed does; returns what undoes it. */
async function withBrokenBuilds(): Promise<() => Promise<void>> {
  const FunctionName = functionName('build-model');
  const { Handler } = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName }));
  const configure = async (handler: string | undefined): Promise<void> => {
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName, Handler: handler }));
  };
  await configure('index.none');
  return () => configure(Handler);
}
