import { TributaryError } from '../common/errors.ts';
import type { ExtractionSettings } from '../events/extract/extraction.ts';
import type { WebhookSender } from '../events/webhook/sender.ts';

export const ENVIRONMENTS = ['local', 'dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** Everything that may differ between environments; the constructs know no environment by name. */
export interface Settings {
  readonly environment: EnvironmentName;
  /** Undefined where nobody is signed in: the templates then fit any account and region. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly baseCurrency: string;
  /** Keep data when its stack is deleted, and versions of objects that cannot be made again. */
  readonly protectData: boolean;
  /** How long logs are kept, in days. */
  readonly logDays: 14 | 30 | 365;
  readonly streams: StreamSettings;
  /** Files that are taken in at the same time; at least 2. */
  readonly filesAtOnce: number;
  readonly build: BuildSettings;
  /** Rows that tables must have at least, by name; asked by their row_count checks. */
  readonly rowMinima: Readonly<Record<string, number>>;
  /** Platform that the functions' native code is made for. */
  readonly runtime: { readonly os: string; readonly architecture: 'x64' | 'arm64' };
  /** What the target of the deployment knows; an emulator refuses a template with anything else. */
  readonly supports: { readonly metricMathAlarms: boolean };
  /** Whether Glue compacts the published tables and tidies them up, beside what builds do themselves. */
  readonly tableOptimizers: boolean;
  readonly webhooks: WebhookSettings;
  readonly schedules: readonly RunSchedule[];
  /** Whether runs and monitoring begin by themselves. */
  readonly schedulesEnabled: boolean;
  /** What is pulled from APIs and databases, and when. */
  readonly extractions: readonly ExtractionSettings[];
  /** Where databases are reached; undefined where that is the internet. */
  readonly databaseNetwork: NetworkSettings | undefined;
  readonly alerts: AlertSettings;
  /** Most bytes that one Athena query may scan. */
  readonly queryBytesLimit: number;
  /** First day of ingestion; Athena looks for no partitions before it. */
  readonly firstIngestDate: string;
  /** Accounts or principal ARNs that may assume each role; none means this account, as its IAM allows. */
  readonly access: { readonly analysts: readonly string[]; readonly operators: readonly string[] };
}

export interface StreamSettings {
  /** Number of provisioned shards, or on demand. */
  readonly capacity: number | 'on-demand';
  readonly retentionHours: number;
  /** Records that one call may take in. */
  readonly batchSize: number;
  /** How long to wait for a batch to fill. */
  readonly batchSeconds: number;
  /** Calls at the same time per shard; records of one partition key stay in order. */
  readonly parallelization: number;
}

export interface BuildSettings {
  readonly memoryMiB: number;
  readonly temporaryStorageMiB: number;
  /** How long one build may take, in however many calls; less than the run of its domain, which is six. */
  readonly hours: number;
  /** How long a call waits for Athena or Spark before the state machine does. */
  readonly waitSeconds: number;
  readonly athena: BuildAthenaSettings;
  /** Undefined where nothing is built with Spark. */
  readonly spark: SparkSettings | undefined;
}

/** Size of the Glue job; 0.44 dollars per hour and data processing unit while it runs, nothing else. */
export interface SparkSettings {
  readonly workerType: keyof typeof WORKER_UNITS;
  /** Workers of one run, its driver included. */
  readonly workers: number;
  readonly timeoutMinutes: number;
  /** Runs at the same time; builds beyond that wait. */
  readonly runsAtOnce: number;
}

/** Data processing units of a worker: 4 vCPUs and 16 GB each. */
export const WORKER_UNITS = { 'G.1X': 1, 'G.2X': 2, 'G.4X': 4, 'G.8X': 8 } as const;

export interface BuildAthenaSettings {
  /** Most bytes that one query of a build may scan. */
  readonly bytesLimit: number;
  /** After so long a query is stopped; AWS stops it after thirty minutes in any case. */
  readonly queryMinutes: number;
}

export interface WebhookSettings {
  readonly senders: readonly WebhookSender[];
  /** Calls that all senders together may make in a second; twice as many at once. */
  readonly callsPerSecond: number;
}

/** A run that begins by itself. It does what a run that was missed would have done, so none is caught up on. */
export interface RunSchedule {
  readonly name: string;
  readonly description: string;
  /** EventBridge Scheduler expression, in UTC. */
  readonly expression: string;
  /** Judge all rows of every table, also of those that are left as they are. */
  readonly audit: boolean;
  /** The set of `MODEL_SETS` to build; all models where it is null. */
  readonly models: ModelSet | null;
  /** Tell the alert topic of a good end as well. */
  readonly announce: boolean;
  /** How long the run waits for the end of another one; then it is skipped, and recorded so. */
  readonly waitMinutes: number;
}

/** Subnets and security groups of a function; it needs a way out of them to S3, DynamoDB, SSM and Secrets Manager. */
export interface NetworkSettings {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface AlertSettings {
  /** Where alerts are mailed to, besides the topic. */
  readonly email: string | undefined;
  /** Alarm when more records than this go to quarantine within an hour. */
  readonly refusedRecordsPerHour: number;
  /** Alarm when a greater share of a quarter of an hour's records goes to quarantine, in percent. */
  readonly refusedPercent: number;
  /** Alarm when nothing has arrived for so long. */
  readonly intakeSilentHours: number;
  /** Alarm when a run takes longer. */
  readonly runMinutes: number;
  /** Alarm when a stream's oldest unread record is older than this. */
  readonly iteratorAgeSeconds: number;
  /** Where alarms and alerts say how to go on. */
  readonly runbookUrl: string;
}

/** Models that are built together, with all that they are made of: names, or all of a database. */
export const MODEL_SETS = {
  /** What people look at in the morning. */
  reporting: ['gold.*', 'marts.*'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ModelSet = keyof typeof MODEL_SETS;

const SCHEDULES: readonly RunSchedule[] = [
  {
    name: 'hourly-incremental',
    description: 'Builds the models whose inputs changed',
    expression: 'cron(0 * * * ? *)',
    audit: false,
    models: null,
    announce: false,
    // Then the next one is due.
    waitMinutes: 55,
  },
  {
    name: 'daily-audit',
    description: 'Builds the models whose inputs changed, and judges all rows of every table',
    expression: 'cron(0 2 * * ? *)',
    audit: true,
    models: null,
    announce: false,
    waitMinutes: 180,
  },
  {
    name: 'daily-reporting',
    description: 'Builds what people look at in the morning, with all that it is made of',
    expression: 'cron(0 6 * * ? *)',
    audit: false,
    models: 'reporting',
    announce: true,
    waitMinutes: 180,
  },
];

/** The online shop pushes what happens there. */
const SHOP: WebhookSender = {
  name: 'shop',
  signature: { kind: 'standard' },
  idHeader: 'webhook-id',
  sources: ['ecommerce_orders', 'ecommerce_order_items', 'ecommerce_customers', 'product_reviews', 'support_tickets'],
};

type Varying = Omit<Settings, 'environment' | 'account' | 'region'>;

const dev: Varying = {
  baseCurrency: 'GBP',
  protectData: false,
  logDays: 14,
  streams: { capacity: 1, retentionHours: 24, batchSize: 5000, batchSeconds: 5, parallelization: 1 },
  filesAtOnce: 10,
  // 3008 MiB is the most that a new AWS account allows.
  build: {
    memoryMiB: 3008,
    temporaryStorageMiB: 4096,
    hours: 4,
    waitSeconds: 45,
    athena: { bytesLimit: 100 * 1024 ** 3, queryMinutes: 30 },
    spark: undefined,
  },
  rowMinima: {},
  runtime: { os: 'linux', architecture: 'x64' },
  supports: { metricMathAlarms: true },
  tableOptimizers: true,
  webhooks: { senders: [SHOP], callsPerSecond: 50 },
  schedules: SCHEDULES,
  // Development pays for the runs that somebody asks for.
  schedulesEnabled: false,
  extractions: [],
  databaseNetwork: undefined,
  alerts: {
    email: undefined,
    refusedRecordsPerHour: 1000,
    refusedPercent: 5,
    intakeSilentHours: 6,
    runMinutes: 120,
    iteratorAgeSeconds: 300,
    runbookUrl: 'docs/runbook.md',
  },
  queryBytesLimit: 100 * 1024 ** 3,
  firstIngestDate: '2026-01-01',
  access: { analysts: [], operators: [] },
};

const staging: Varying = {
  ...dev,
  logDays: 30,
  schedulesEnabled: true,
  build: {
    ...dev.build,
    memoryMiB: 10_240,
    temporaryStorageMiB: 10_240,
    spark: { workerType: 'G.1X', workers: 10, timeoutMinutes: 180, runsAtOnce: 3 },
  },
};

const prod: Varying = {
  ...staging,
  protectData: true,
  logDays: 365,
  rowMinima: { 'silver.customers': 10_000, 'silver.order_lines': 100_000 },
  streams: { capacity: 'on-demand', retentionHours: 168, batchSize: 5000, batchSeconds: 10, parallelization: 2 },
  queryBytesLimit: 1024 ** 4,
  build: { ...staging.build, athena: { ...staging.build.athena, bytesLimit: 2 * 1024 ** 4 } },
};

/** The emulator runs functions as processes of this machine. */
const local = (): Varying => ({
  ...dev,
  streams: { ...dev.streams, batchSeconds: 0 },
  // Each is a process of its own, and more of them than cores only take time from one another.
  filesAtOnce: 2,
  runtime: { os: process.platform, architecture: hostArchitecture() },
  supports: { metricMathAlarms: false },
  tableOptimizers: false,
});

/**
 * Settings of the named environment; account and region come from the AWS CLI's profile, by way of the CDK CLI.
 * Throws `unknown_environment`.
 */
export function settingsOf(name: unknown): Settings {
  switch (name) {
    case 'local':
      return { environment: name, account: '000000000000', region: 'us-east-1', ...local() };
    case 'dev':
      return { environment: name, ...signedIn(), ...dev };
    case 'staging':
      return { environment: name, ...signedIn(), ...staging };
    case 'prod':
      return { environment: name, ...signedIn(), ...prod };
    default:
      throw new TributaryError({
        code: 'unknown_environment',
        message: name === undefined ? 'no environment is named' : `there is no environment ${JSON.stringify(name)}`,
        advice: `choose one of ${ENVIRONMENTS.join(', ')}: -c env=dev`,
      });
  }
}

const signedIn = () => ({ account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION });

const hostArchitecture = () => (process.arch === 'arm64' ? 'arm64' : 'x64');
