import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { dynamo, stepFunctions } from '../../common/aws.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { dynamoRunLock } from '../shared/run-lock.ts';
import { type StartRunEvent, startRun } from './start-run.ts';

async function isRunning(executionArn: string): Promise<boolean> {
  try {
    const { status } = await stepFunctions().send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    // Executions are forgotten after ninety days.
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

/** First state of a run; its result is the input of all the others. */
export const handler = lambdaHandler('start-run', async (event: StartRunEvent, { logger }) => {
  const lock = dynamoRunLock(dynamo(), requireEnv(ENV.stateTable));
  const request = await startRun({ manifest: deployedManifest(), lock, isRunning }, event);
  logger.info(`run ${request.status}`, { ...request });
  return request;
});
