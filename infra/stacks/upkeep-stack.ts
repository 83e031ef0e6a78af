import { Aws, Stack } from 'aws-cdk-lib';
import { CfnTableOptimizer } from 'aws-cdk-lib/aws-glue';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { COMMON_SETTINGS } from '../../lambdas/build-model/settings.ts';
import { allow } from '../constructs/permission.ts';
import type { CompiledManifest } from '../manifest-file.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface UpkeepStackProps extends TributaryStackProps {
  readonly manifest: CompiledManifest;
}

const { days, versions, orphanDays } = COMMON_SETTINGS.retention;

/** What Glue does to each table, by the rules that builds follow as well; with the folder of its log. */
const OPTIMIZERS = [
  { type: 'compaction', log: 'iceberg-compaction', configuration: {} },
  {
    type: 'retention',
    log: 'iceberg-retention',
    configuration: {
      retentionConfiguration: {
        icebergConfiguration: {
          snapshotRetentionPeriodInDays: days,
          numberOfSnapshotsToRetain: versions,
          cleanExpiredFiles: true,
        },
      },
    },
  },
  {
    type: 'orphan_file_deletion',
    log: 'iceberg-orphan-file-deletion',
    configuration: {
      orphanFileDeletionConfiguration: { icebergConfiguration: { orphanFileRetentionPeriodInDays: orphanDays } },
    },
  },
] as const;

/** Glue's table optimizers for the published tables, which the catalog's stack has created. */
export class UpkeepStack extends Stack {
  constructor(scope: Construct, id: string, props: UpkeepStackProps) {
    super(scope, id, stackProps(props, 'upkeep of the published tables'));
    const role = this.role(props);
    const tables = props.manifest.models.filter(({ kind }) => kind !== 'view').map(({ name }) => name);
    for (const table of tables) {
      const [databaseName = '', tableName = ''] = table.split('.');
      for (const { type, configuration } of OPTIMIZERS) {
        const optimizer = new CfnTableOptimizer(this, `${table}-${type}`, {
          catalogId: Aws.ACCOUNT_ID,
          databaseName,
          tableName,
          type,
          tableOptimizerConfiguration: { roleArn: role.roleArn, enabled: true, ...configuration },
        });
        // Glue tries the role when it gets to know it.
        optimizer.node.addDependency(role);
      }
    }
  }

  private role({ names }: UpkeepStackProps): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('glue.amazonaws.com'),
      description: 'What the table optimizers of Glue may do',
    });
    const logs = OPTIMIZERS.map(({ log }) => names.arn('logs', `log-group:/aws-glue/${log}/logs:*`));
    for (const permission of [
      {
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [names.objects('silver'), names.objects('gold')],
        wildcard: 'Files of tables have new keys with each version',
      },
      { actions: ['s3:ListBucket'], resources: [names.bucketArn('silver'), names.bucketArn('gold')] },
      {
        actions: ['glue:GetTable', 'glue:UpdateTable'],
        resources: names.tables('silver', 'gold'),
        wildcard: 'Tables of these databases come and go with the models',
      },
      {
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: logs,
        wildcard: 'Glue names the streams of its logs',
      },
    ]) {
      allow(role, permission);
    }
    return role;
  }
}
