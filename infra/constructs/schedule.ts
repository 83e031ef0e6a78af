import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { allow, type Permission } from './permission.ts';

export interface ScheduleProps {
  readonly name: string;
  readonly description: string;
  /** EventBridge Scheduler expression, in UTC. */
  readonly expression: string;
  /** What is called, with which input, and what that takes. */
  readonly target: { readonly arn: string; readonly input: unknown; readonly permission: Permission };
}

/** Calls a target at its times, with a role of its own. */
export function addSchedule(
  scope: Construct,
  id: string,
  { name, description, expression, target }: ScheduleProps,
): void {
  const role = new Role(scope, `${id}-role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: `What the schedule ${name} may do`,
  });
  allow(role, target.permission);
  new CfnSchedule(scope, id, {
    name: `tributary-${name}`,
    description,
    scheduleExpression: expression,
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: target.arn,
      roleArn: role.roleArn,
      input: JSON.stringify(target.input),
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 600 },
    },
  });
}
