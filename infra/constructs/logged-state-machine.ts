import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AslDefinition } from '../../engine/orchestrate/index.ts';
import type { Settings } from '../environments.ts';
import { acknowledgeWildcard, allow, type Permission } from './permission.ts';

export interface LoggedStateMachineProps {
  readonly settings: Settings;
  readonly name: string;
  readonly definition: AslDefinition;
  readonly timeout: Duration;
  readonly permissions: readonly Permission[];
}

/** A state machine with a role of its own, its history in a log group, and traces. */
export class LoggedStateMachine extends Construct {
  constructor(scope: Construct, id: string, props: LoggedStateMachineProps) {
    super(scope, id);
    const { settings, name, definition, timeout, permissions } = props;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: `What the state machine ${name} may do`,
    });
    for (const permission of permissions) allow(role, permission);
    acknowledgeWildcard(role, '*', 'Log deliveries and X-Ray have no resources to name');
    new StateMachine(this, 'Machine', {
      stateMachineName: name,
      comment: definition.Comment ?? name,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      role,
      timeout,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: true,
        destination: new LogGroup(this, 'Logs', {
          // Under this prefix, log deliveries do not add up in the account's one resource policy.
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: settings.logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
  }
}
