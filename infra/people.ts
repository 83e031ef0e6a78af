import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EXTRACTIONS_PATH } from '../events/extract/extraction.ts';
import type { Permission } from './constructs/permission.ts';
import {
  BUCKETS,
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  type Names,
  QUERY_RESULTS_PREFIX,
  RUN_MACHINE,
  STREAMS,
} from './names.ts';
import { DATABASES, PLATFORM_PARAMETER } from './platform.ts';

const ALL_TABLES = 'Tables come and go with the models';
const ALL_OBJECTS = 'Objects come and go with the data';

const TABLE_READ = [
  'glue:GetDatabase',
  'glue:GetDatabases',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];
const BUCKET_READ = ['s3:ListBucket', 's3:GetBucketLocation'];

/** What whoever queries needs: the workgroup and its results. */
const queryPermissions = (names: Names): readonly Permission[] => [
  {
    actions: [
      'athena:StartQueryExecution',
      'athena:StopQueryExecution',
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
      'athena:GetQueryResultsStream',
      'athena:BatchGetQueryExecution',
      'athena:ListQueryExecutions',
      'athena:GetWorkGroup',
    ],
    resources: [names.workgroupArn],
  },
  {
    actions: ['athena:GetDataCatalog', 'athena:ListDatabases', 'athena:ListTableMetadata', 'athena:GetTableMetadata'],
    resources: [names.arn('athena', 'datacatalog/AwsDataCatalog')],
  },
  {
    actions: ['athena:ListWorkGroups', 'athena:ListDataCatalogs'],
    resources: ['*'],
    wildcard: 'The console lists them before one is chosen; AWS knows no resources for it',
  },
  // Athena looks at the database `default` with every query.
  { actions: ['glue:GetDatabase'], resources: [names.arn('glue', 'catalog'), names.arn('glue', 'database/default')] },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [names.objects('results', QUERY_RESULTS_PREFIX)],
    wildcard: 'Each query has a result of its own',
  },
  { actions: BUCKET_READ, resources: [names.bucketArn('results')] },
  { actions: ['ssm:GetParameter'], resources: [names.parameterArn(PLATFORM_PARAMETER)] },
];

/** An analyst queries what the models have made, and sees nothing as it was received. */
export const analystPermissions = (names: Names): readonly Permission[] => [
  ...queryPermissions(names),
  { actions: TABLE_READ, resources: names.tables('silver', 'gold', 'marts'), wildcard: ALL_TABLES },
  { actions: ['s3:GetObject'], resources: [names.objects('silver'), names.objects('gold')], wildcard: ALL_OBJECTS },
  { actions: BUCKET_READ, resources: [names.bucketArn('silver'), names.bucketArn('gold')] },
];

/** An operator loads, runs and replays, and reads everything; tables change only through runs. */
export const operatorPermissions = (names: Names, rawDataKey: IKey, personalDataKey: IKey): readonly Permission[] => [
  ...queryPermissions(names),
  { actions: TABLE_READ, resources: names.tables(...DATABASES), wildcard: ALL_TABLES },
  { actions: ['s3:GetObject'], resources: BUCKETS.map((name) => names.objects(name)), wildcard: ALL_OBJECTS },
  { actions: BUCKET_READ, resources: BUCKETS.map((name) => names.bucketArn(name)) },
  ...loadPermissions(names, rawDataKey),
  ...extractPermissions(names),
  // Refused records are opened to be looked at and sent again.
  { actions: ['dynamodb:BatchGetItem'], resources: [names.subjectKeyTableArn] },
  { actions: ['kms:Decrypt'], resources: [personalDataKey.keyArn] },
  ...runPermissions(names),
];

/** Files, events, and what the queue of files gave up. */
const loadPermissions = (names: Names, rawDataKey: IKey): readonly Permission[] => [
  {
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resources: [names.objects('landing')],
    wildcard: ALL_OBJECTS,
  },
  { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
  {
    actions: ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:DescribeStreamSummary', 'kinesis:ListShards'],
    resources: STREAMS.map((name) => names.streamArn(name)),
  },
  {
    actions: [
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:SendMessage',
      'sqs:StartMessageMoveTask',
      'sqs:ListMessageMoveTasks',
      'sqs:CancelMessageMoveTask',
    ],
    resources: [names.queueArn(LANDING_QUEUE), names.queueArn(LANDING_DEAD_LETTERS)],
  },
  // Batches that no attempt could take in are handed to it again, and what was replayed is remembered.
  { actions: ['lambda:InvokeFunction'], resources: [names.functionArn('ingest-stream')] },
  { actions: ['s3:PutObject'], resources: [names.objects('operations', 'replays')], wildcard: ALL_OBJECTS },
];

/** Pulls, outside their schedule. */
const extractPermissions = (names: Names): readonly Permission[] => [
  {
    actions: ['ssm:GetParameter'],
    resources: [names.parameterArn(`${EXTRACTIONS_PATH}/*`)],
    wildcard: 'Extractions come and go with the settings',
  },
  {
    actions: ['lambda:InvokeFunction'],
    resources: [names.functionArn('extract-rest'), names.functionArn('extract-postgres')],
  },
];

/** Runs, their history and logs, and a lock or lease whose holder is gone. */
const runPermissions = (names: Names): readonly Permission[] => [
  // Rolls tables back and releases them, as their only writer.
  { actions: ['lambda:InvokeFunction'], resources: [names.functionArn('build-model')] },
  { actions: ['states:StartExecution'], resources: [names.machineArn(RUN_MACHINE)] },
  {
    actions: ['states:DescribeStateMachine', 'states:ListExecutions'],
    resources: [names.machineArn('tributary-*')],
    wildcard: 'State machines come and go with the domains of the models',
  },
  {
    actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
    resources: [names.executionsArn('tributary-*')],
    wildcard: 'Executions have new names with each run',
  },
  {
    actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:DeleteItem'],
    resources: [names.stateTableArn],
  },
  {
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams'],
    resources: [
      names.arn('logs', 'log-group:/aws/lambda/tributary-*:*'),
      names.arn('logs', 'log-group:/aws/vendedlogs/states/tributary-*:*'),
    ],
    wildcard: 'Log streams come and go with the functions',
  },
];
