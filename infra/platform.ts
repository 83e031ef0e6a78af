/**
 * Names of a deployed platform, published as JSON in the SSM parameter `/tributary/platform`, so that the CLI, the
 * tests and other accounts' tools need to know one name only.
 */
export interface Platform {
  readonly environment: string;
  readonly region: string;
  readonly baseCurrency: string;
  readonly buckets: Readonly<
    Record<'landing' | 'bronze' | 'silver' | 'gold' | 'quarantine' | 'results' | 'operations', string>
  >;
  /** Kinesis stream names by the name that contracts use. */
  readonly streams: Readonly<Record<string, string>>;
  /** Names of the queue of landed files, and of that of the messages it gave up. */
  readonly queues: Readonly<Record<'landing' | 'landingDeadLetters', string>>;
  /** Parent state machine. */
  readonly stateMachineArn: string;
  readonly alertTopicArn: string;
  readonly workgroup: string;
  readonly stateTable: string;
  /** Keys of personal data, and the KMS key that encrypts them there. */
  readonly subjectKeyTable: string;
  readonly personalDataKey: string;
  /** `Manifest.hash` of what is deployed. */
  readonly manifestHash: string;
}

export const PLATFORM_PARAMETER = '/tributary/platform';

export const DATABASES = ['bronze', 'silver', 'gold', 'marts', 'operations'] as const;
