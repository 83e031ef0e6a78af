import { Aws } from 'aws-cdk-lib';
import type { StreamName } from '../events/contracts/contract.ts';
import type { Settings } from './environments.ts';
import type { DATABASES, Platform } from './platform.ts';

export type BucketName = keyof Platform['buckets'];
export const BUCKETS: readonly BucketName[] = [
  'landing',
  'bronze',
  'silver',
  'gold',
  'quarantine',
  'results',
  'operations',
];

/** Kinesis streams, by the names that contracts and producers use. */
export const STREAMS = [
  'transaction-events',
  'customer-events',
  'clickstream-events',
  'operations-events',
] as const satisfies readonly StreamName[];

export const WORKGROUP = 'tributary';
/** Work group of the queries that build models, and the Glue database of the tables that these last for. */
export const BUILD_WORKGROUP = 'tributary-builds';
export const STAGING_DATABASE = 'tributary_staging';
/** Glue job that builds with Spark. */
export const SPARK_JOB = 'tributary-spark';
export const STATE_TABLE = 'tributary-state';
/** Keys of subjects, with which their personal data is encrypted. */
export const SUBJECT_KEY_TABLE = 'tributary-subject-keys';
/** The KMS key that encrypts those keys. */
export const PERSONAL_DATA_KEY = 'alias/tributary/personal-data';
export const ALERT_TOPIC = 'tributary-alerts';
export const RUN_MACHINE = 'tributary-run';
export const LANDING_QUEUE = 'tributary-landing';
export const LANDING_DEAD_LETTERS = 'tributary-landing-dead-letters';
/** Calls of schedules that did not come through. */
export const SCHEDULE_DEAD_LETTERS = 'tributary-schedule-dead-letters';

/** Where the address of the webhook can be read. */
export const WEBHOOK_URL_PARAMETER = '/tributary/webhook-url';

/** Folder of the results bucket that Athena writes to. */
export const QUERY_RESULTS_PREFIX = 'athena';
/** Folders of the results bucket: results of queries that build models, and what lasts for one build. */
export const BUILD_RESULTS_PREFIX = 'builds';
export const STAGING_PREFIX = 'staging';

export const FUNCTIONS = [
  'ingest-file',
  'ingest-stream',
  'build-model',
  'start-run',
  'finish-run',
  'monitor',
  'provision-catalog',
  'extract-rest',
  'extract-postgres',
  'webhook',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export const functionName = (name: FunctionName): string => `tributary-${name}`;
export const domainMachineName = (domain: string): string => `tributary-${domain}`;

type GlueDatabase = (typeof DATABASES)[number] | typeof STAGING_DATABASE;

/**
 * Names and ARNs of everything that one stack has and another uses. They follow from the settings alone, so that
 * stacks share no CloudFormation exports, which would tie their updates to each other.
 */
export class Names {
  readonly account: string;
  readonly region: string;
  private readonly environment: string;

  constructor({ account, region, environment }: Pick<Settings, 'account' | 'region' | 'environment'>) {
    this.account = account ?? Aws.ACCOUNT_ID;
    this.region = region ?? Aws.REGION;
    this.environment = environment;
  }

  bucket(name: BucketName | 'access-logs'): string {
    return `tributary-${this.environment}-${name}-${this.account}-${this.region}`;
  }

  bucketArn(name: BucketName): string {
    return `arn:${Aws.PARTITION}:s3:::${this.bucket(name)}`;
  }

  /** Objects of a bucket, below a prefix if one is given. */
  objects(name: BucketName, prefix?: string): string {
    return `${this.bucketArn(name)}/${prefix === undefined ? '' : `${prefix}/`}*`;
  }

  /** What Glue asks permission for when tables of a database are read or written. */
  tables(...databases: readonly GlueDatabase[]): readonly string[] {
    return [
      this.arn('glue', 'catalog'),
      ...databases.flatMap((name) => [this.arn('glue', `database/${name}`), this.arn('glue', `table/${name}/*`)]),
    ];
  }

  get workgroupArn(): string {
    return this.arn('athena', `workgroup/${WORKGROUP}`);
  }

  get buildWorkgroupArn(): string {
    return this.arn('athena', `workgroup/${BUILD_WORKGROUP}`);
  }

  get sparkJobArn(): string {
    return this.arn('glue', `job/${SPARK_JOB}`);
  }

  get stateTableArn(): string {
    return this.arn('dynamodb', `table/${STATE_TABLE}`);
  }

  get subjectKeyTableArn(): string {
    return this.arn('dynamodb', `table/${SUBJECT_KEY_TABLE}`);
  }

  get alertTopicArn(): string {
    return this.arn('sns', ALERT_TOPIC);
  }

  streamArn(stream: string): string {
    return this.arn('kinesis', `stream/${stream}`);
  }

  queueArn(queue: string): string {
    return this.arn('sqs', queue);
  }

  functionArn(name: FunctionName): string {
    return this.arn('lambda', `function:${functionName(name)}`);
  }

  machineArn(name: string): string {
    return this.arn('states', `stateMachine:${name}`);
  }

  /** Executions of a state machine. */
  executionsArn(name: string): string {
    return this.arn('states', `execution:${name}:*`);
  }

  parameterArn(name: string): string {
    return this.arn('ssm', `parameter${name}`);
  }

  arn(service: string, resource: string): string {
    return `arn:${Aws.PARTITION}:${service}:${this.region}:${this.account}:${resource}`;
  }
}
