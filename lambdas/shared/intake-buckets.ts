import { ENV } from './constants.ts';
import { requireEnv } from './env.ts';

/** Where ingestion writes to. */
export interface IntakeBuckets {
  readonly bronze: string;
  readonly quarantine: string;
  readonly operations: string;
}

/** The buckets that the infrastructure has named in the environment. */
export const intakeBuckets = (): IntakeBuckets => ({
  bronze: requireEnv(ENV.bronzeBucket),
  quarantine: requireEnv(ENV.quarantineBucket),
  operations: requireEnv(ENV.operationsBucket),
});
