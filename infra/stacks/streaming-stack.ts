import { Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { KinesisEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { FAILED_BATCHES_PREFIX } from '../../events/replay/failed-batches.ts';
import { ENCRYPTING_SEMI_SPACE } from '../../lambdas/shared/constants.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import type { Permission } from '../constructs/permission.ts';
import {
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  type Names,
  PERSONAL_DATA_KEY,
  STREAMS,
  SUBJECT_KEY_TABLE,
} from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface StreamingStackProps extends TributaryStackProps {
  readonly rawDataKey: IKey;
  readonly personalDataKey: IKey;
}

const FILE_TIMEOUT = Duration.minutes(5);
/** As Lambda advises: a message that is being worked on must not come back. */
const FILE_VISIBILITY = Duration.minutes(6 * FILE_TIMEOUT.toMinutes());
const FILE_ATTEMPTS = 4;

const NEW_KEYS = 'Objects have new keys with each file and batch';

/** The two roads into bronze: event streams, and files in the landing bucket. */
export class StreamingStack extends Stack {
  constructor(scope: Construct, id: string, props: StreamingStackProps) {
    super(scope, id, stackProps(props, 'event streams, landing queue, ingestion'));
    this.ingestStreams(props);
    this.ingestFiles(props);
  }

  private ingestStreams({ settings, names, rawDataKey, personalDataKey }: StreamingStackProps): void {
    const ingest = new LambdaFunction(this, 'IngestStream', {
      settings,
      name: 'ingest-stream',
      description: 'Takes batches of events into bronze and quarantine',
      memoryMiB: 1024,
      semiSpaceMiB: ENCRYPTING_SEMI_SPACE,
      timeout: Duration.minutes(2),
      environment: intakeEnvironment(names),
      permissions: [
        ...intakePermissions(names, personalDataKey),
        { actions: ['s3:ListBucket'], resources: [names.bucketArn('landing')] },
        {
          actions: ['s3:PutObject'],
          resources: [`${names.bucketArn('landing')}/${FAILED_BATCHES_PREFIX}*`],
          wildcard: NEW_KEYS,
        },
        { actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [rawDataKey.keyArn] },
      ],
    });
    for (const name of STREAMS) {
      const { capacity, retentionHours, batchSize, batchSeconds, parallelization } = settings.streams;
      const stream = new Stream(this, name, {
        streamName: name,
        ...(capacity === 'on-demand'
          ? { streamMode: StreamMode.ON_DEMAND }
          : { streamMode: StreamMode.PROVISIONED, shardCount: capacity }),
        retentionPeriod: Duration.hours(retentionHours),
        encryption: StreamEncryption.MANAGED,
      });
      ingest.function.addEventSource(
        new KinesisEventSource(stream, {
          startingPosition: StartingPosition.TRIM_HORIZON,
          batchSize,
          maxBatchingWindow: Duration.seconds(batchSeconds),
          parallelizationFactor: parallelization,
          bisectBatchOnError: true,
          retryAttempts: 10,
          // Batches that no attempt could take in, as they came: like all originals in landing, and only for its days.
          onFailure: { bind: () => ({ destination: names.bucketArn('landing') }) },
        }),
      );
    }
  }

  private ingestFiles({ settings, names, rawDataKey, personalDataKey }: StreamingStackProps): void {
    const deadLetters = new Queue(this, 'LandingDeadLetters', {
      queueName: LANDING_DEAD_LETTERS,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const queue = new Queue(this, 'Landing', {
      queueName: LANDING_QUEUE,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: FILE_VISIBILITY,
      retentionPeriod: Duration.days(7),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: FILE_ATTEMPTS },
    });
    new Rule(this, 'ObjectLanded', {
      description: 'A file has arrived in the landing bucket',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [names.bucket('landing')] } },
      },
      targets: [new SqsQueue(queue)],
    });
    const ingest = new LambdaFunction(this, 'IngestFile', {
      settings,
      name: 'ingest-file',
      description: 'Takes files into bronze and quarantine',
      memoryMiB: 2048,
      semiSpaceMiB: ENCRYPTING_SEMI_SPACE,
      // Excel and Parquet files within gzip are unpacked there.
      temporaryStorageMiB: 1536,
      timeout: FILE_TIMEOUT,
      environment: { ...intakeEnvironment(names), landingQueueUrl: queue.queueUrl },
      permissions: [
        ...intakePermissions(names, personalDataKey),
        { actions: ['s3:GetObject'], resources: [names.objects('landing')], wildcard: 'Any file may land' },
        { actions: ['s3:GetObject'], resources: [names.objects('operations', 'intake')], wildcard: NEW_KEYS },
        {
          // How far a file has been taken in that outlasts a call.
          actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          resources: [names.objects('operations', 'checkpoints')],
          wildcard: NEW_KEYS,
        },
        { actions: ['sqs:SendMessage'], resources: [names.queueArn(LANDING_QUEUE)] },
        {
          // Without it S3 answers 403 and not 404 when an object is not there.
          actions: ['s3:ListBucket'],
          resources: [names.bucketArn('landing'), names.bucketArn('operations')],
        },
        {
          // What a refused file has left behind is found and taken back.
          actions: ['s3:ListBucket'],
          resources: [names.bucketArn('bronze'), names.bucketArn('quarantine')],
        },
        {
          // A refused file is put aside in parts.
          actions: ['s3:AbortMultipartUpload'],
          resources: [names.objects('quarantine', 'files')],
          wildcard: NEW_KEYS,
        },
        {
          actions: ['s3:DeleteObject'],
          resources: [names.objects('bronze'), names.objects('quarantine', 'records')],
          wildcard: NEW_KEYS,
        },
        { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
      ],
    });
    ingest.function.addEventSource(new SqsEventSource(queue, { batchSize: 1, maxConcurrency: settings.filesAtOnce }));
  }
}

const intakeEnvironment = (names: Names) => ({
  bronzeBucket: names.bucket('bronze'),
  quarantineBucket: names.bucket('quarantine'),
  operationsBucket: names.bucket('operations'),
  subjectKeyTable: SUBJECT_KEY_TABLE,
  personalDataKey: PERSONAL_DATA_KEY,
});

const intakePermissions = (names: Names, personalDataKey: IKey): readonly Permission[] => [
  {
    actions: ['s3:PutObject'],
    resources: [names.objects('bronze'), names.objects('quarantine'), names.objects('operations', 'intake')],
    wildcard: NEW_KEYS,
  },
  // Keys of subjects are read, and made where there are none; nobody deletes any here.
  { actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], resources: [names.subjectKeyTableArn] },
  { actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: [personalDataKey.keyArn] },
];
