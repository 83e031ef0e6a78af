import { fileURLToPath } from 'node:url';
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnJob } from 'aws-cdk-lib/aws-glue';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { Settings, SparkSettings } from '../environments.ts';
import { SPARK_JOB } from '../names.ts';
import { acknowledge, allow, type Permission } from './permission.ts';

export interface SparkJobProps {
  readonly settings: Pick<Settings, 'logDays'>;
  readonly spark: SparkSettings;
  /** What its script may do; reading itself and writing logs goes without saying. */
  readonly permissions: readonly Permission[];
}

const SCRIPT = fileURLToPath(new URL('../../glue/run_request.py', import.meta.url));

const LOG_PREFIX = `/aws-glue/jobs/${SPARK_JOB}`;

/** The Glue job that answers one request of a build; it costs nothing while it does not run. */
export class SparkJob extends Construct {
  constructor(scope: Construct, id: string, { settings, spark, permissions }: SparkJobProps) {
    super(scope, id);
    const script = new Asset(this, 'Script', { path: SCRIPT });
    const logGroups = ['output', 'error'].map(
      (kind) =>
        new LogGroup(this, `Logs-${kind}`, {
          logGroupName: `${LOG_PREFIX}/${kind}`,
          retention: settings.logDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
    );
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('glue.amazonaws.com'),
      description: `What the Glue job ${SPARK_JOB} may do`,
    });
    for (const logGroup of logGroups) logGroup.grantWrite(role);
    for (const permission of permissions) allow(role, permission);
    allow(role, { actions: ['s3:GetObject'], resources: [script.bucket.arnForObjects(script.s3ObjectKey)] });
    const job = new CfnJob(this, 'Job', {
      name: SPARK_JOB,
      description: 'Answers one request of a build with Spark',
      role: role.roleArn,
      glueVersion: '5.0',
      command: {
        name: 'glueetl',
        pythonVersion: '3',
        scriptLocation: `s3://${script.s3BucketName}/${script.s3ObjectKey}`,
      },
      workerType: spark.workerType,
      numberOfWorkers: spark.workers,
      timeout: spark.timeoutMinutes,
      executionProperty: { maxConcurrentRuns: spark.runsAtOnce },
      // What failed would fail again, and what was stopped would go on.
      maxRetries: 0,
      defaultArguments: { '--custom-logGroup-prefix': LOG_PREFIX },
    });
    job.node.addDependency(role);
    acknowledge(job, 'AwsSolutions-GL1', 'Logs hold no values of the data, and CloudWatch encrypts them by itself');
    acknowledge(job, 'AwsSolutions-GL3', 'The job has no bookmarks');
  }
}
