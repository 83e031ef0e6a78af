import type { SQSEvent } from 'aws-lambda';
import { lambdaHandler } from '../shared/middleware.ts';

export const handler = lambdaHandler('ingest-file', async (event: SQSEvent, { logger }) => {
  logger.info('objects landed', { count: event.Records.length });
});
