import { dynamo, s3, stepFunctions } from '../../common/aws.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { isRunning } from '../shared/executions.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { dynamoRunLock } from '../shared/run-lock.ts';
import { s3RunRows } from '../shared/run-rows.ts';
import { type StartRunDeps, type StartRunEvent, startRun } from './start-run.ts';

/** First state of a run; its result is the input of all the others. */
export const handler = lambdaHandler('start-run', async (event: StartRunEvent, { logger }) => {
  const deps: StartRunDeps = {
    manifest: deployedManifest(),
    lock: dynamoRunLock(dynamo(), requireEnv(ENV.stateTable)),
    now: () => new Date(),
    writeRows: s3RunRows(s3(), requireEnv(ENV.operationsBucket)),
    isRunning: (executionArn) => isRunning(stepFunctions(), executionArn),
  };
  const request = await startRun(deps, event);
  logger.info(`run ${request.status}`, { ...request });
  return request;
});
