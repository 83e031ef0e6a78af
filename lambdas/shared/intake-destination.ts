import { s3 } from '../../common/aws.ts';
import type { PersonalKeys } from '../../events/privacy/subject-key.ts';
import { ENV } from './constants.ts';
import { requireEnv } from './env.ts';
import { type ObjectStore, s3ObjectStore } from './object-store.ts';
import { platformKeys } from './platform-keys.ts';

/** Where ingestion writes to: a store and the names of its buckets. */
export interface IntakeDestination {
  readonly store: ObjectStore;
  readonly bronze: string;
  readonly quarantine: string;
  readonly operations: string;
  /** Protect personal data, and refused records, on their way there. */
  readonly keys: PersonalKeys;
}

/** S3, with the buckets that the infrastructure has named in the environment. */
export const s3Destination = (): IntakeDestination => ({
  store: s3ObjectStore(s3()),
  bronze: requireEnv(ENV.bronzeBucket),
  quarantine: requireEnv(ENV.quarantineBucket),
  operations: requireEnv(ENV.operationsBucket),
  keys: platformKeys(),
});
