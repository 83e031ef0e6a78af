import { extractHandler } from '../shared/extract.ts';
import { HttpClient } from './http-client.ts';
import { restSource } from './rest-source.ts';

/** Pulls what has changed from a REST API into the landing bucket. */
export const handler = extractHandler('rest', async ({ extraction, contract, secret, timeLeft }) =>
  restSource({
    extraction,
    contract,
    secret: extraction.auth.kind === 'none' ? undefined : await secret(),
    client: new HttpClient(extraction, timeLeft),
  }),
);
