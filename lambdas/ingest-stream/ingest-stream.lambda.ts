import type { KinesisStreamEvent } from 'aws-lambda';
import { s3Destination } from '../shared/intake-destination.ts';
import { countIntake } from '../shared/intake-metrics.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { ingestBatch } from './ingest-stream.ts';
import { shardBatches } from './shard-batches.ts';
import { StreamIntake } from './stream-intake.ts';

const intake = new StreamIntake();

/**
 * Takes in a batch of stream records. Bad records go to quarantine and never fail the batch; a transient failure
 * throws, and the whole batch is repeated.
 */
export const handler = lambdaHandler('ingest-stream', async (event: KinesisStreamEvent, { logger, metrics }) => {
  for (const batch of shardBatches(event)) {
    for (const record of await ingestBatch(batch, intake, s3Destination())) {
      countIntake(metrics, record);
      logger.info('ingested', { intake: record });
    }
  }
});
