import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EngineSettings } from '../../lambdas/build-model/engine-settings.ts';
import type { Permission } from '../constructs/permission.ts';
import type { Settings } from '../environments.ts';
import {
  BUILD_RESULTS_PREFIX,
  BUILD_WORKGROUP,
  type Names,
  SPARK_JOB,
  STAGING_DATABASE,
  STAGING_PREFIX,
} from '../names.ts';

/** What the function that builds is told of engines outside of it. */
export const engineSettings = ({ build }: Settings, names: Names): EngineSettings => ({
  waitSeconds: build.waitSeconds,
  buildSeconds: build.hours * 3600,
  location: `s3://${names.bucket('results')}/${STAGING_PREFIX}`,
  athena: {
    workGroup: BUILD_WORKGROUP,
    database: STAGING_DATABASE,
    querySeconds: build.athena.queryMinutes * 60,
  },
  ...(build.spark && { spark: { jobName: SPARK_JOB } }),
});

const DATA = 'Data files have new keys with each version';
const STAGED = 'What is staged lasts for one build and has names of its own';

/** To build in Athena: queries run with the rights of whoever starts them. */
export const athenaPermissions = (names: Names): readonly Permission[] => [
  {
    actions: [
      'athena:StartQueryExecution',
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
      'athena:StopQueryExecution',
    ],
    resources: [names.buildWorkgroupArn],
  },
  {
    actions: [
      'glue:GetDatabase',
      'glue:GetTable',
      'glue:CreateTable',
      'glue:UpdateTable',
      'glue:DeleteTable',
      'glue:BatchCreatePartition',
      'glue:GetPartition',
      'glue:GetPartitions',
      'glue:BatchGetPartition',
    ],
    resources: names.tables(STAGING_DATABASE),
    wildcard: STAGED,
  },
  // Athena looks at the database `default` with every query.
  { actions: ['glue:GetDatabase'], resources: [names.arn('glue', 'database/default')] },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
    resources: [names.objects('results', STAGING_PREFIX)],
    wildcard: STAGED,
  },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [names.objects('results', BUILD_RESULTS_PREFIX)],
    wildcard: 'Each query has a result of its own',
  },
  {
    // Rows that a check sets aside are inserted there as into any other table.
    actions: ['s3:GetObject', 's3:DeleteObject'],
    resources: [names.objects('quarantine', 'models')],
    wildcard: STAGED,
  },
  { actions: ['s3:ListBucket'], resources: [names.bucketArn('results')] },
  {
    actions: ['s3:GetBucketLocation'],
    resources: (['results', 'bronze', 'silver', 'gold', 'quarantine', 'operations'] as const).map((bucket) =>
      names.bucketArn(bucket),
    ),
  },
];

/** To build with Spark: the function starts runs of the job, and watches and stops them. */
export const sparkPermissions = (names: Names): readonly Permission[] => [
  { actions: ['glue:StartJobRun', 'glue:GetJobRun', 'glue:BatchStopJobRun'], resources: [names.sparkJobArn] },
];

/** What the job itself may: read inputs, write files below the tables and answers where its requests lie. */
export const sparkJobPermissions = (names: Names, rawDataKey: IKey): readonly Permission[] => {
  const written = [
    names.objects('silver'),
    names.objects('gold'),
    names.objects('quarantine', 'models'),
    names.objects('results', `${STAGING_PREFIX}/spark`),
  ];
  return [
    {
      actions: ['s3:GetObject'],
      resources: [
        names.objects('bronze'),
        names.objects('quarantine', 'records'),
        names.objects('operations', 'intake'),
        ...written,
      ],
      wildcard: DATA,
    },
    { actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], resources: written, wildcard: DATA },
    {
      actions: ['s3:ListBucket', 's3:GetBucketLocation'],
      resources: (['results', 'bronze', 'silver', 'gold', 'quarantine', 'operations'] as const).map((bucket) =>
        names.bucketArn(bucket),
      ),
    },
    { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
  ];
};
