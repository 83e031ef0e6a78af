import { PublishCommand } from '@aws-sdk/client-sns';
import { dynamo, s3, sns } from '../../common/aws.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { s3RunJournal } from '../shared/run-journal.ts';
import { dynamoRunLock } from '../shared/run-lock.ts';
import { s3RunRows } from '../shared/run-rows.ts';
import { type FinishRunDeps, type FinishRunEvent, finishRun } from './finish-run.ts';

/** SNS refuses longer subjects. */
const MAX_SUBJECT = 100;

function dependencies(): FinishRunDeps {
  const bucket = requireEnv(ENV.operationsBucket);
  return {
    manifest: deployedManifest(),
    journal: s3RunJournal(s3(), bucket),
    lock: dynamoRunLock(dynamo(), requireEnv(ENV.stateTable)),
    runbookUrl: requireEnv(ENV.runbookUrl),
    now: () => new Date(),
    writeRows: s3RunRows(s3(), bucket),
    async alert(message) {
      await sns().send(
        new PublishCommand({
          TopicArn: requireEnv(ENV.alertTopicArn),
          Subject: message.title.slice(0, MAX_SUBJECT),
          Message: JSON.stringify(message, undefined, 2),
          MessageAttributes: {
            severity: { DataType: 'String', StringValue: message.severity },
            table: { DataType: 'String', StringValue: message.table },
          },
        }),
      );
    },
  };
}

/** Last working state of a run; the state machine succeeds or fails by the status. */
export const handler = lambdaHandler('finish-run', async (event: FinishRunEvent, { logger }) => {
  const { status, built, skipped, failed, blocked } = await finishRun(dependencies(), event);
  logger.info('run finished', { runId: event.runId, status, built, skipped, failed, blocked });
  return { runId: event.runId, status, built, skipped, failed, blocked };
});
