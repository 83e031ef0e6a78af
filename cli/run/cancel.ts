import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { dynamo, lambda, stepFunctions } from '../../common/aws.ts';
import type { StopBuilds } from '../../engine/build/index.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { domainMachineName, RUN_MACHINE } from '../../infra/names.ts';
import type { Platform } from '../../infra/platform.ts';
import { dynamoRunLock, type RunLock } from '../../lambdas/shared/run-lock.ts';
import { describeExecution, latestExecutions } from './executions.ts';
import { invokeBuildModel } from './invoke-build-model.ts';

export interface StoppedRun {
  readonly runId: string;
  /** How many of its domains were being built. */
  readonly domains: number;
}

export interface StoppedRuns {
  readonly runs: readonly StoppedRun[];
  /** Models whose builds were going on in Athena or Spark, and were stopped there. */
  readonly models: readonly string[];
}

export interface CancelPorts {
  readonly stepFunctions: SFNClient;
  readonly lock: Pick<RunLock, 'release'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
}

/** More runs than ever are under way, of which all but one end as soon as they begin. */
const LIMIT = 20;

/**
 * Stops the runs that are under way, then what they have started, and gives the lock free. Builds in Athena and Spark are
 * stopped there; others that have begun end by themselves: what they publish is whole and checked.
 */
export async function cancelRuns(
  platform: Pick<Platform, 'stateMachineArn' | 'stateTable'>,
  { models }: Pick<Manifest, 'models'>,
  ports: CancelPorts = {
    stepFunctions: stepFunctions(),
    lock: dynamoRunLock(dynamo(), platform.stateTable),
    lambda: lambda(),
  },
): Promise<StoppedRuns> {
  const client = ports.stepFunctions;
  const stop = (executionArn: string) =>
    client.send(new StopExecutionCommand({ executionArn, error: 'Cancelled', cause: 'tributary run --cancel' }));
  const runs = await latestExecutions(client, platform.stateMachineArn, LIMIT, 'RUNNING');
  // Parents first, so that none of them begins another domain.
  for (const { executionArn } of runs) await stop(executionArn);
  const parents = new Map(runs.map(({ executionArn, runId }) => [executionArn, runId]));
  const stopped: string[] = [];
  for (const domain of new Set(models.map((model) => model.domain))) {
    const machine = platform.stateMachineArn.replace(new RegExp(`${RUN_MACHINE}$`), domainMachineName(domain));
    for (const { executionArn } of await latestExecutions(client, machine, LIMIT, 'RUNNING')) {
      const { input } = await describeExecution(client, executionArn);
      const parent = parents.get(String(input.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID));
      if (parent === undefined) continue;
      await stop(executionArn);
      stopped.push(parent);
    }
  }
  const runIds = runs.map(({ runId }) => runId);
  const stoppedModels = runIds.length === 0 ? [] : await stopEngines(ports.lambda, { action: 'stop', runIds });
  for (const { executionArn } of runs) await ports.lock.release(executionArn);
  return {
    runs: runIds.map((runId) => ({ runId, domains: stopped.filter((parent) => parent === runId).length })),
    models: stoppedModels,
  };
}

/** The function that builds may stop what it has started, and nobody else. */
async function stopEngines(client: CancelPorts['lambda'], request: StopBuilds): Promise<readonly string[]> {
  const answer = await invokeBuildModel(request, client);
  return Array.isArray(answer) ? answer.map(String) : [];
}
