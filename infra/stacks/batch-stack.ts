import { Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { stateMachines } from '../../engine/orchestrate/index.ts';
import { withUpstream } from '../../engine/selection.ts';
import { MONITORING_MINUTES, UNFINISHED_PREFIX } from '../../lambdas/shared/constants.ts';
import { DUCKDB_BINDINGS, DuckDbLayer } from '../constructs/duckdb-layer.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import { LoggedStateMachine } from '../constructs/logged-state-machine.ts';
import { addSchedule } from '../constructs/schedule.ts';
import { SparkJob } from '../constructs/spark-job.ts';
import { MODEL_SETS, type RunSchedule } from '../environments.ts';
import type { CompiledManifest } from '../manifest-file.ts';
import { domainMachineName, RUN_MACHINE, STATE_TABLE } from '../names.ts';
import { athenaPermissions, engineSettings, sparkJobPermissions, sparkPermissions } from './build-engines.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface BatchStackProps extends TributaryStackProps {
  readonly manifest: CompiledManifest;
  readonly rawDataKey: IKey;
  readonly alertKey: IKey;
}

const DATA_FILES = 'Data files have new keys with each version';
const RUN_OBJECTS = 'Objects have new keys with each run';

/** What runs the models: a function that builds one, state machines that run them all, and when. */
export class BatchStack extends Stack {
  constructor(scope: Construct, id: string, props: BatchStackProps) {
    super(scope, id, stackProps(props, 'model builds, state machines, schedules'));
    this.buildModel(props);
    this.sparkJob(props);
    this.startRun(props);
    this.finishRun(props);
    this.machines(props);
    this.monitor(props);
    for (const schedule of props.settings.schedules) this.schedule(schedule, props);
  }

  private buildModel({ settings, names, manifest, rawDataKey }: BatchStackProps): void {
    const lake = [names.objects('silver'), names.objects('gold')];
    new LambdaFunction(this, 'BuildModel', {
      settings,
      name: 'build-model',
      description: 'Builds, checks and publishes one model',
      memoryMiB: settings.build.memoryMiB,
      temporaryStorageMiB: settings.build.temporaryStorageMiB,
      timeout: Duration.minutes(15),
      nativePackages: { layer: new DuckDbLayer(this, 'DuckDb', settings), names: [DUCKDB_BINDINGS] },
      files: [manifest.file],
      environment: {
        bronzeBucket: names.bucket('bronze'),
        silverBucket: names.bucket('silver'),
        goldBucket: names.bucket('gold'),
        quarantineBucket: names.bucket('quarantine'),
        operationsBucket: names.bucket('operations'),
        stateTable: STATE_TABLE,
        rowMinima: JSON.stringify(settings.rowMinima),
        engines: JSON.stringify(engineSettings(settings, names)),
      },
      permissions: [
        {
          actions: ['glue:GetTable', 'glue:CreateTable', 'glue:UpdateTable'],
          resources: names.tables('silver', 'gold', 'marts'),
          wildcard: 'Tables of these databases come and go with the models',
        },
        {
          actions: ['s3:GetObject'],
          resources: [
            ...lake,
            names.objects('bronze'),
            names.objects('quarantine', 'records'),
            names.objects('operations', 'intake'),
          ],
          wildcard: DATA_FILES,
        },
        {
          actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
          resources: [...lake, names.objects('quarantine', 'models')],
          wildcard: DATA_FILES,
        },
        {
          // What a failed build has written is taken back.
          actions: ['s3:DeleteObject'],
          resources: lake,
          wildcard: DATA_FILES,
        },
        {
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: ['records', 'lineage', 'check-history', 'builds', UNFINISHED_PREFIX].map((folder) =>
            names.objects('operations', folder),
          ),
          wildcard: RUN_OBJECTS,
        },
        {
          actions: ['s3:DeleteObject'],
          resources: [names.objects('operations', UNFINISHED_PREFIX)],
          wildcard: 'One object per model that is being built in Athena or Spark',
        },
        {
          actions: ['s3:ListBucket'],
          resources: (['bronze', 'silver', 'gold', 'quarantine', 'operations'] as const).map((bucket) =>
            names.bucketArn(bucket),
          ),
        },
        { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
        { actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'], resources: [names.stateTableArn] },
        ...athenaPermissions(names),
        ...(settings.build.spark ? sparkPermissions(names) : []),
      ],
    });
  }

  private sparkJob({ settings, names, rawDataKey }: BatchStackProps): void {
    const { spark } = settings.build;
    if (spark === undefined) return;
    new SparkJob(this, 'Spark', { settings, spark, permissions: sparkJobPermissions(names, rawDataKey) });
  }

  private startRun({ settings, names, manifest }: BatchStackProps): void {
    new LambdaFunction(this, 'StartRun', {
      settings,
      name: 'start-run',
      description: 'First step of a run: takes the lock, reads the request',
      memoryMiB: 512,
      timeout: Duration.seconds(30),
      files: [manifest.file],
      environment: { stateTable: STATE_TABLE, operationsBucket: names.bucket('operations') },
      permissions: [
        { actions: ['s3:PutObject'], resources: [names.objects('operations', 'runs')], wildcard: RUN_OBJECTS },
        { actions: ['dynamodb:PutItem'], resources: [names.stateTableArn] },
        {
          actions: ['states:DescribeExecution'],
          resources: [names.executionsArn(RUN_MACHINE)],
          wildcard: 'Asks whether the execution that holds the lock is still running',
        },
      ],
    });
  }

  private finishRun({ settings, names, manifest, alertKey }: BatchStackProps): void {
    new LambdaFunction(this, 'FinishRun', {
      settings,
      name: 'finish-run',
      description: 'Last step of a run: records it, alerts the owners of failed models, gives the lock free',
      memoryMiB: 512,
      timeout: Duration.seconds(55),
      files: [manifest.file],
      environment: {
        operationsBucket: names.bucket('operations'),
        stateTable: STATE_TABLE,
        alertTopicArn: names.alertTopicArn,
        runbookUrl: settings.alerts.runbookUrl,
      },
      permissions: [
        { actions: ['s3:GetObject'], resources: [names.objects('operations', 'records')], wildcard: RUN_OBJECTS },
        {
          actions: ['s3:PutObject'],
          resources: ['runs', 'builds', 'checks'].map((table) => names.objects('operations', table)),
          wildcard: RUN_OBJECTS,
        },
        // Without it S3 answers 403 and not 404 where a build left no record.
        { actions: ['s3:ListBucket'], resources: [names.bucketArn('operations')] },
        { actions: ['dynamodb:DeleteItem'], resources: [names.stateTableArn] },
        { actions: ['sns:Publish'], resources: [names.alertTopicArn] },
        { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [alertKey.keyArn] },
      ],
    });
  }

  private machines({ settings, names, manifest }: BatchStackProps): void {
    const { parent, domains } = stateMachines(manifest, {
      buildFunctionArn: names.functionArn('build-model'),
      startFunctionArn: names.functionArn('start-run'),
      finishFunctionArn: names.functionArn('finish-run'),
      domainMachineArn: (domain) => names.machineArn(domainMachineName(domain)),
    });
    for (const [domain, definition] of Object.entries(domains)) {
      new LoggedStateMachine(this, `Domain-${domain}`, {
        settings,
        name: domainMachineName(domain),
        definition,
        timeout: Duration.hours(6),
        permissions: [{ actions: ['lambda:InvokeFunction'], resources: [names.functionArn('build-model')] }],
      });
    }
    const machineNames = Object.keys(domains).map(domainMachineName);
    new LoggedStateMachine(this, 'Run', {
      settings,
      name: RUN_MACHINE,
      definition: parent,
      timeout: Duration.hours(24),
      permissions: [
        {
          actions: ['lambda:InvokeFunction'],
          resources: [names.functionArn('start-run'), names.functionArn('finish-run')],
        },
        { actions: ['states:StartExecution'], resources: machineNames.map((name) => names.machineArn(name)) },
        {
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: machineNames.map((name) => names.executionsArn(name)),
          wildcard: 'Executions have new names with each run',
        },
        {
          // How Step Functions learns that a nested execution has ended.
          actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
          resources: [names.arn('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule')],
        },
      ],
    });
  }

  private schedule(schedule: RunSchedule, { names, settings, manifest }: BatchStackProps): void {
    const { name, description, expression, audit, models, announce, waitMinutes } = schedule;
    const arn = names.machineArn(RUN_MACHINE);
    const selected = models && withUpstream(manifest.models, MODEL_SETS[models]);
    const permission = { actions: ['states:StartExecution'], resources: [arn] };
    const target = { arn, input: { audit, selected, announce, waitMinutes }, permission };
    addSchedule(this, name, { names, name, description, expression, enabled: settings.schedulesEnabled, target });
  }

  private monitor({ settings, names, manifest }: BatchStackProps): void {
    new LambdaFunction(this, 'Monitor', {
      settings,
      name: 'monitor',
      description: 'Looks for tables that are overdue, runs that do not end, and an intake that has stopped',
      memoryMiB: 512,
      timeout: Duration.minutes(5),
      files: [manifest.file],
      environment: { operationsBucket: names.bucket('operations'), stateTable: STATE_TABLE },
      permissions: [
        {
          actions: ['s3:GetObject'],
          resources: [names.objects('operations', 'builds'), names.objects('operations', 'intake')],
          wildcard: RUN_OBJECTS,
        },
        { actions: ['s3:ListBucket'], resources: [names.bucketArn('operations')] },
        { actions: ['dynamodb:GetItem'], resources: [names.stateTableArn] },
        {
          actions: ['states:DescribeExecution'],
          resources: [names.executionsArn(RUN_MACHINE)],
          wildcard: 'Asks whether the execution that holds the lock is still running',
        },
      ],
    });
    const arn = names.functionArn('monitor');
    addSchedule(this, 'monitoring', {
      names,
      name: 'monitoring',
      description: 'Looks after the platform every quarter of an hour',
      expression: `cron(0/${MONITORING_MINUTES} * * * ? *)`,
      enabled: settings.schedulesEnabled,
      target: { arn, input: {}, permission: { actions: ['lambda:InvokeFunction'], resources: [arn] } },
    });
  }
}
