import { beforeAll, describe, expect, it } from 'vitest';
import { ENVIRONMENTS, settingsOf } from '../../../infra/environments.ts';
import { startRun } from '../../../lambdas/start-run/start-run.ts';
import { SYNTHESIS_TIMEOUT_MS, type Synthesised, statementsOf, synthesise, twoModels } from './synthesised.ts';

let prod: Synthesised;
let local: Synthesised;
beforeAll(() => {
  prod = synthesise('prod');
  local = synthesise('local');
}, SYNTHESIS_TIMEOUT_MS);

interface Target {
  readonly Arn: unknown;
  readonly Input: string;
}

const schedules = (templates: Synthesised) =>
  templates.ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties);

const targetOf = ({ Target }: Readonly<Record<string, unknown>>): Target => Object(Target);

const runs = () =>
  schedules(prod).filter((schedule) => JSON.stringify(targetOf(schedule).Arn).includes(':stateMachine:'));

describe('schedules', () => {
  it('are hourly, at 02:00, at 06:00 and every quarter of an hour', () => {
    expect(schedules(prod).map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression])).toEqual([
      ['tributary-monitoring', 'cron(0/15 * * * ? *)'],
      ['tributary-hourly-incremental', 'cron(0 * * * ? *)'],
      ['tributary-daily-audit', 'cron(0 2 * * ? *)'],
      ['tributary-daily-reporting', 'cron(0 6 * * ? *)'],
    ]);
  });

  it('are in UTC, at their very time, tried again for a while, and kept in a queue when nothing helps', () => {
    for (const schedule of schedules(prod)) {
      expect(schedule).toMatchObject({
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 },
          DeadLetterConfig: { Arn: expect.anything() },
        },
      });
      expect(JSON.stringify(targetOf(schedule))).toContain('tributary-schedule-dead-letters');
    }
  });

  it('may call their target and write to that queue, and nothing else', () => {
    const policies = prod.ofType('AWS::IAM::Policy').filter(({ id }) => /^(hourly|daily|monitoring)/.test(id));
    expect(policies).toHaveLength(4);
    for (const policy of policies) {
      const actions = statementsOf(policy).flatMap((statement) => statement.actions);
      expect(actions).toEqual([
        expect.stringMatching(/^(states:StartExecution|lambda:InvokeFunction)$/),
        'sqs:SendMessage',
      ]);
    }
  });

  it('are on where the environment says so', () => {
    const states = (templates: Synthesised) => new Set(schedules(templates).map(({ State }) => State));
    expect(states(prod)).toEqual(new Set(['ENABLED']));
    expect(states(local)).toEqual(new Set(['DISABLED']));
    expect(ENVIRONMENTS.filter((name) => settingsOf(name).schedulesEnabled)).toEqual(['staging', 'prod']);
  });

  it('have inputs with which a run begins', async () => {
    const started = await Promise.all(
      runs().map((schedule) =>
        startRun(
          {
            manifest: twoModels(),
            lock: { acquire: async () => undefined, release: async () => {} },
            now: () => new Date('2026-11-21T02:00:01Z'),
            writeRows: async () => {},
            isRunning: async () => false,
          },
          { input: JSON.parse(targetOf(schedule).Input), executionArn: 'arn', startedAt: '2026-11-21T02:00:00Z' },
        ),
      ),
    );
    const all = { full: false, allowBreaking: false, status: 'started' };
    expect(started).toMatchObject([
      { ...all, audit: false, selected: null },
      { ...all, audit: true, selected: null },
      { ...all, audit: false, selected: ['gold.sales_again', 'silver.sales'], announce: true },
    ]);
  });

  it('wait for one another, the hourly one no longer than until the next', () => {
    expect(runs().map((schedule) => JSON.parse(targetOf(schedule).Input).waitMinutes)).toEqual([55, 180, 180]);
  });
});
