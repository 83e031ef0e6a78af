import { domainGraph, levels } from '../graph.ts';
import type { Manifest } from '../manifest.ts';
import { type AslDefinition, concurrently, RETRY_TRANSIENT, type Step, sequence } from './asl.ts';
import { RUN_REQUEST } from './domain-machine.ts';

export interface RunMachineArns {
  readonly startFunctionArn: string;
  readonly finishFunctionArn: string;
  domainMachineArn(domain: string): string;
}

const STEP_TIMEOUT_SECONDS = 60;
/** How often a run that waits for another one asks whether it may begin. */
const ASK_AGAIN_SECONDS = 20;
const DOMAIN_TIMEOUT_SECONDS = 6 * 3600;

/**
 * The state machine of a run: begins it, runs the domains by their dependencies, and always finishes it. It fails when
 * a model failed, after everything else was done; where another run is under way it waits for it, or ends well.
 */
export function runMachine({ models }: Pick<Manifest, 'models'>, arns: RunMachineArns): AslDefinition {
  const domains = levels(domainGraph(models)).map((names, index) =>
    concurrently(
      `Domains ${index + 1}`,
      names.map((domain) => domainTask(domain, arns.domainMachineArn(domain))),
    ),
  );
  const start = 'Start run';
  return {
    Comment: 'Builds all models: domains by their dependencies.',
    StartAt: start,
    States: {
      [start]: { ...startTask(arns.startFunctionArn), Next: MAY_IT_RUN },
      [MAY_IT_RUN]: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.status', StringEquals: 'waiting', Next: WAITS },
          { Variable: '$.status', StringEquals: 'skipped', Next: SKIPPED },
        ],
        Default: domains[0]?.name ?? FINISH,
      },
      [WAITS]: { Type: 'Wait', Seconds: ASK_AGAIN_SECONDS, Next: start },
      [SKIPPED]: { Type: 'Succeed' },
      ...sequence(domains, ending(arns.finishFunctionArn)),
    },
  };
}

const MAY_IT_RUN = 'May it run?';
const WAITS = 'Another run is under way';
const SKIPPED = 'Skipped';
const FINISH = 'Finish run';

/** A run whose input makes no sense ends here. */
const startTask = (functionArn: string) =>
  ({
    Type: 'Task',
    Resource: functionArn,
    Parameters: {
      'input.$': '$$.Execution.Input',
      'executionArn.$': '$$.Execution.Id',
      'startedAt.$': '$$.Execution.StartTime',
    },
    TimeoutSeconds: STEP_TIMEOUT_SECONDS,
    Retry: RETRY_TRANSIENT,
  }) as const;

const domainTask = (domain: string, stateMachineArn: string): Step => ({
  name: `Build ${domain}`,
  state: {
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Parameters: {
      StateMachineArn: stateMachineArn,
      Input: { ...RUN_REQUEST, 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' },
    },
    ResultPath: null,
    TimeoutSeconds: DOMAIN_TIMEOUT_SECONDS,
  },
});

const ending = (finishFunctionArn: string): readonly Step[] => [
  {
    name: FINISH,
    state: {
      Type: 'Task',
      Resource: finishFunctionArn,
      Parameters: { ...RUN_REQUEST, 'announce.$': '$.announce', 'executionArn.$': '$$.Execution.Id' },
      TimeoutSeconds: STEP_TIMEOUT_SECONDS,
      Retry: RETRY_TRANSIENT,
      Next: 'Did all succeed?',
    },
  },
  {
    name: 'Did all succeed?',
    state: {
      Type: 'Choice',
      Choices: [{ Variable: '$.status', StringEquals: 'succeeded', Next: 'Succeeded' }],
      Default: 'Failed',
    },
  },
  { name: 'Succeeded', state: { Type: 'Succeed' } },
  {
    name: 'Failed',
    state: {
      Type: 'Fail',
      Error: 'ModelsFailed',
      Cause: 'At least one model failed or was blocked; operations.builds says which and why.',
    },
  },
];
