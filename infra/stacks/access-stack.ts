import { Stack } from 'aws-cdk-lib';
import {
  AccountPrincipal,
  AccountRootPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  type PrincipalBase,
  Role,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { allow, type Permission } from '../constructs/permission.ts';
import type { CompiledManifest } from '../manifest-file.ts';
import {
  BUCKETS,
  domainMachineName,
  FUNCTIONS,
  functionName,
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  type Names,
  QUERY_RESULTS_PREFIX,
  RUN_MACHINE,
  STATE_TABLE,
  STREAMS,
  WORKGROUP,
} from '../names.ts';
import { DATABASES, PLATFORM_PARAMETER, type Platform } from '../platform.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface AccessStackProps extends TributaryStackProps {
  readonly manifest: CompiledManifest;
  readonly rawDataKey: IKey;
}

/** How people and tools get at the platform: where everything is, and the roles analyst and operator. */
export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, props: AccessStackProps) {
    super(scope, id, stackProps(props, 'roles, names of the platform'));
    const { settings, names, manifest, rawDataKey } = props;
    new StringParameter(this, 'Platform', {
      parameterName: PLATFORM_PARAMETER,
      description: 'Names of the deployed platform, as JSON',
      stringValue: this.toJsonString(platform(props)),
    });
    const analyst = new Role(this, 'Analyst', {
      roleName: 'tributary-analyst',
      description: 'Queries silver, gold and marts',
      assumedBy: principals(settings.access.analysts),
    });
    for (const permission of analystPermissions(names)) allow(analyst, permission);
    const operator = new Role(this, 'Operator', {
      roleName: 'tributary-operator',
      description: 'Loads, runs, replays, and reads everything',
      assumedBy: principals(settings.access.operators),
    });
    for (const permission of operatorPermissions(names, manifest, rawDataKey)) allow(operator, permission);
  }
}

function platform({ settings, names, manifest }: AccessStackProps): Platform {
  return {
    environment: settings.environment,
    region: names.region,
    baseCurrency: settings.baseCurrency,
    buckets: {
      landing: names.bucket('landing'),
      bronze: names.bucket('bronze'),
      silver: names.bucket('silver'),
      gold: names.bucket('gold'),
      quarantine: names.bucket('quarantine'),
      results: names.bucket('results'),
      operations: names.bucket('operations'),
    },
    streams: Object.fromEntries(Object.keys(STREAMS).map((name) => [name, name])),
    stateMachineArn: names.machineArn(RUN_MACHINE),
    alertTopicArn: names.alertTopicArn,
    workgroup: WORKGROUP,
    stateTable: STATE_TABLE,
    manifestHash: manifest.hash,
  };
}

/** Account numbers and ARNs as principals; none means that this account's IAM decides. */
function principals(who: readonly string[]): PrincipalBase {
  if (who.length === 0) return new AccountRootPrincipal();
  return new CompositePrincipal(
    ...who.map((one) => (/^\d{12}$/.test(one) ? new AccountPrincipal(one) : new ArnPrincipal(one))),
  );
}

const TABLE_READ = [
  'glue:GetDatabase',
  'glue:GetDatabases',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];

const ALL_TABLES = 'Tables come and go with the models';
const ALL_OBJECTS = 'Objects come and go with the data';

/** What every reader needs: the workgroup, and its results. */
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
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [names.objects('results', QUERY_RESULTS_PREFIX)],
    wildcard: 'Each query has a result of its own',
  },
  { actions: ['s3:ListBucket', 's3:GetBucketLocation'], resources: [names.bucketArn('results')] },
  { actions: ['ssm:GetParameter'], resources: [names.parameterArn(PLATFORM_PARAMETER)] },
];

const analystPermissions = (names: Names): readonly Permission[] => [
  ...queryPermissions(names),
  { actions: TABLE_READ, resources: names.tables('silver', 'gold', 'marts'), wildcard: ALL_TABLES },
  {
    actions: ['s3:GetObject'],
    resources: [names.objects('silver'), names.objects('gold')],
    wildcard: ALL_OBJECTS,
  },
  {
    actions: ['s3:ListBucket', 's3:GetBucketLocation'],
    resources: [names.bucketArn('silver'), names.bucketArn('gold')],
  },
];

function operatorPermissions(names: Names, manifest: CompiledManifest, rawDataKey: IKey): readonly Permission[] {
  const domains = [...new Set(manifest.models.map(({ domain }) => domain))];
  const machines = [RUN_MACHINE, ...domains.map(domainMachineName)];
  return [
    ...queryPermissions(names),
    { actions: TABLE_READ, resources: names.tables(...DATABASES), wildcard: ALL_TABLES },
    { actions: ['s3:GetObject'], resources: BUCKETS.map((name) => names.objects(name)), wildcard: ALL_OBJECTS },
    {
      actions: ['s3:ListBucket', 's3:GetBucketLocation'],
      resources: BUCKETS.map((name) => names.bucketArn(name)),
    },
    // Files are loaded, and loaded again, by putting them into the landing bucket.
    {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: [names.objects('landing')],
      wildcard: ALL_OBJECTS,
    },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
    {
      actions: ['kinesis:PutRecord', 'kinesis:PutRecords', 'kinesis:DescribeStreamSummary', 'kinesis:ListShards'],
      resources: Object.keys(STREAMS).map((name) => names.streamArn(name)),
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
    {
      actions: ['states:StartExecution', 'states:ListExecutions', 'states:DescribeStateMachine'],
      resources: machines.map((name) => names.machineArn(name)),
    },
    {
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
      resources: machines.map((name) => names.executionsArn(name)),
      wildcard: 'Executions have new names with each run',
    },
    {
      // A lease or lock whose holder is gone may have to be removed by hand.
      actions: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:DeleteItem'],
      resources: [names.stateTableArn],
    },
    {
      actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:StartQuery', 'logs:DescribeLogStreams'],
      resources: [
        ...FUNCTIONS.map((name) => names.arn('logs', `log-group:/aws/lambda/${functionName(name)}:*`)),
        ...machines.map((name) => names.arn('logs', `log-group:/aws/vendedlogs/states/${name}:*`)),
      ],
      wildcard: 'Log streams come and go with the functions',
    },
  ];
}
