import type { KinesisStreamEvent } from 'aws-lambda';
import { lambdaHandler } from '../shared/middleware.ts';

export const handler = lambdaHandler('ingest-stream', async (event: KinesisStreamEvent, { logger }) => {
  logger.info('records received', { count: event.Records.length });
});
