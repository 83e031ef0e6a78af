import { extractHandler } from '../shared/extract.ts';
import { postgresSource } from './postgres-source.ts';

/** Pulls what has changed from a PostgreSQL database into the landing bucket. */
export const handler = extractHandler('postgres', async ({ extraction, contract, secret }) =>
  postgresSource({ extraction, contract, secret: await secret() }),
);
