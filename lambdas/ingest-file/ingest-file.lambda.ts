import type { SQSEvent } from 'aws-lambda';
import { s3Destination } from '../shared/intake-destination.ts';
import { countIntake } from '../shared/intake-metrics.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { ingestFile } from './ingest-file.ts';
import { landedObject } from './landed-object.ts';

/** Takes in each object that landed. A transient failure throws, and the queue delivers the message again. */
export const handler = lambdaHandler('ingest-file', async (event: SQSEvent, { logger, metrics }) => {
  const destination = s3Destination();
  for (const { body } of event.Records) {
    const landed = landedObject(body);
    const outcome = await ingestFile(landed, destination);
    if (outcome.status === 'skipped') {
      logger.info('skipped', { key: landed.key, reason: outcome.reason });
    } else {
      countIntake(metrics, outcome.record);
      logger.info(outcome.status, { intake: outcome.record });
    }
  }
});
