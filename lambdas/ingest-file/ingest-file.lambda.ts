import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { sqs } from '../../common/aws.ts';
import { ENV } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { s3Destination } from '../shared/intake-destination.ts';
import { countIntake } from '../shared/intake-metrics.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { ingestFile } from './ingest-file.ts';
import { landedObject } from './landed-object.ts';

/** Time that a segment may take, with much to spare. */
const RESERVE_MS = 90_000;

/**
 * Takes in each object that landed. A file that outlasts the call is told of again, and the next call goes on with it. A
 * transient failure throws, and the queue delivers the message again.
 */
export const handler = lambdaHandler('ingest-file', async (event: SQSEvent, { logger, metrics }, context) => {
  const destination = s3Destination();
  const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
  for (const { body } of event.Records) {
    const landed = landedObject(body);
    const outcome = await ingestFile(landed, destination, { hasTime });
    if (outcome.status === 'skipped') {
      logger.info('skipped', { key: landed.key, reason: outcome.reason });
    } else if (outcome.status === 'unfinished') {
      await sqs().send(new SendMessageCommand({ QueueUrl: requireEnv(ENV.landingQueueUrl), MessageBody: body }));
      logger.info('goes on in another call', { key: landed.key, received: outcome.received });
    } else {
      countIntake(metrics, outcome.record);
      logger.info(outcome.status, { intake: outcome.record });
    }
  }
});
