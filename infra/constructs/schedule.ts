import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { type Names, SCHEDULE_DEAD_LETTERS } from '../names.ts';
import { allow, type Permission } from './permission.ts';

export interface ScheduleProps {
  readonly names: Names;
  readonly name: string;
  readonly description: string;
  /** EventBridge Scheduler expression, in UTC. */
  readonly expression: string;
  readonly enabled: boolean;
  /** What is called, with which input, and what that takes. */
  readonly target: { readonly arn: string; readonly input: unknown; readonly permission: Permission };
}

/** Calls a target at its times, with a role of its own; calls that no attempt brought through go to a queue. */
export function addSchedule(
  scope: Construct,
  id: string,
  { names, name, description, expression, enabled, target }: ScheduleProps,
): void {
  const role = new Role(scope, `${id}-role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: `What the schedule ${name} may do`,
  });
  allow(role, target.permission);
  const deadLetters = names.queueArn(SCHEDULE_DEAD_LETTERS);
  allow(role, { actions: ['sqs:SendMessage'], resources: [deadLetters] });
  new CfnSchedule(scope, id, {
    name: `tributary-${name}`,
    description,
    scheduleExpression: expression,
    scheduleExpressionTimezone: 'UTC',
    state: enabled ? 'ENABLED' : 'DISABLED',
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: target.arn,
      roleArn: role.roleArn,
      input: JSON.stringify(target.input),
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 600 },
      deadLetterConfig: { arn: deadLetters },
    },
  });
}
