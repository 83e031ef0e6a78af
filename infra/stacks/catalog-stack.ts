import { Aws, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Provider } from 'aws-cdk-lib/custom-resources';
import type { Construct } from 'constructs';
import type { ExternalTable } from '../../common/external-table.ts';
import { OPERATIONS_TABLES } from '../../engine/operations.ts';
import { contracts } from '../../events/contracts/index.ts';
import { bronzeTable, INTAKE_TABLE, QUARANTINE_TABLE } from '../../events/contracts/tables.ts';
import { GlueExternalTable } from '../constructs/external-table.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import { acknowledgeWildcard } from '../constructs/permission.ts';
import type { Settings } from '../environments.ts';
import type { CompiledManifest } from '../manifest-file.ts';
import {
  BUILD_RESULTS_PREFIX,
  BUILD_WORKGROUP,
  QUERY_RESULTS_PREFIX,
  STAGING_DATABASE,
  STAGING_PREFIX,
  WORKGROUP,
} from '../names.ts';
import { DATABASES } from '../platform.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface CatalogStackProps extends TributaryStackProps {
  readonly manifest: CompiledManifest;
}

const DESCRIPTIONS: Readonly<Record<(typeof DATABASES)[number], string>> = {
  bronze: 'What the sources sent, as received and typed; refused records in quarantine',
  silver: 'One table per entity: typed, deduplicated, in base currency',
  gold: 'Star schema and analytics tables',
  marts: 'Views for consumers',
  operations: 'What arrived, what was built, and how good it is',
};

const EXTERNAL_TABLES: readonly ExternalTable[] = [
  ...contracts.map(bronzeTable),
  QUARANTINE_TABLE,
  INTAKE_TABLE,
  ...OPERATIONS_TABLES,
];

interface Workgroup {
  readonly name: string;
  readonly description: string;
  /** Folder of the results bucket. */
  readonly results: string;
  readonly bytesLimit: number;
}

/** The Glue catalog, complete from the first minute, and the workgroups in which it is queried and built. */
export class CatalogStack extends Stack {
  constructor(scope: Construct, id: string, props: CatalogStackProps) {
    super(scope, id, stackProps(props, 'Glue catalog, Athena workgroup'));
    const databases = DATABASES.map((name) => this.database(name, props));
    const tables = EXTERNAL_TABLES.map(
      (table) =>
        new GlueExternalTable(this, `${table.database}.${table.name}`, {
          table,
          bucketName: props.names.bucket(table.bucket),
          firstDate: props.settings.firstIngestDate,
        }),
    );
    for (const table of tables) table.node.addDependency(...databases);
    this.provisionModels(props).node.addDependency(...databases, ...tables);
    const { queryBytesLimit, build } = props.settings;
    this.workgroup('Workgroup', props, {
      name: WORKGROUP,
      description: 'Queries of Tributary’s tables',
      results: QUERY_RESULTS_PREFIX,
      bytesLimit: queryBytesLimit,
    });
    this.workgroup('BuildWorkgroup', props, {
      name: BUILD_WORKGROUP,
      description: 'Queries that build Tributary’s tables',
      results: BUILD_RESULTS_PREFIX,
      bytesLimit: build.athena.bytesLimit,
    });
    this.stagingDatabase(props);
  }

  private stagingDatabase({ names }: CatalogStackProps): void {
    new CfnDatabase(this, 'staging-database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: STAGING_DATABASE,
        description: 'Tables that last for one build',
        locationUri: `s3://${names.bucket('results')}/${STAGING_PREFIX}/`,
      },
    });
  }

  private database(name: (typeof DATABASES)[number], { names }: CatalogStackProps): CfnDatabase {
    const location = name === 'marts' ? undefined : `s3://${names.bucket(name)}/`;
    return new CfnDatabase(this, `${name}-database`, {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name, description: DESCRIPTIONS[name], ...(location && { locationUri: location }) },
    });
  }

  private workgroup(id: string, { settings, names }: CatalogStackProps, workgroup: Workgroup): void {
    const { name, description, results, bytesLimit } = workgroup;
    new CfnWorkGroup(this, id, {
      name,
      description,
      recursiveDeleteOption: !settings.protectData,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: bytesLimit,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${names.bucket('results')}/${results}/`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
          expectedBucketOwner: Aws.ACCOUNT_ID,
        },
      },
    });
  }

  /** Creates, empty, the tables and views of models that are not there yet. */
  private provisionModels({ settings, names, manifest }: CatalogStackProps): CustomResource {
    const provision = new LambdaFunction(this, 'ProvisionCatalog', {
      settings,
      name: 'provision-catalog',
      description: 'Creates the tables and views of models that are absent from the catalog',
      memoryMiB: 1024,
      timeout: Duration.minutes(5),
      environment: {
        silverBucket: names.bucket('silver'),
        goldBucket: names.bucket('gold'),
        operationsBucket: names.bucket('operations'),
      },
      files: [manifest.file],
      permissions: [
        {
          actions: ['glue:GetTable', 'glue:CreateTable', 'glue:UpdateTable'],
          resources: names.tables('silver', 'gold', 'marts'),
          wildcard: 'Tables of these databases come and go with the models',
        },
        {
          actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
          resources: [names.objects('silver'), names.objects('gold')],
          wildcard: 'Table metadata has a new key with each version',
        },
        {
          actions: ['s3:PutObject'],
          resources: [names.objects('operations', 'manifests')],
          wildcard: 'The manifest has a new key with each deployment of other models',
        },
      ],
    });
    const provider = this.provider(provision, settings);
    return new CustomResource(this, 'Models', {
      serviceToken: provider.serviceToken,
      resourceType: 'Custom::TributaryModels',
      properties: { manifestHash: manifest.hash },
    });
  }

  /** The CDK's own function between CloudFormation and ours, with a role that may call ours only. */
  private provider(handler: LambdaFunction, { logDays }: Settings): Provider {
    const logGroup = new LogGroup(this, 'ProviderLogs', {
      retention: logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'ProviderRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'What the provider function of the CDK may do',
    });
    logGroup.grantWrite(role);
    acknowledgeWildcard(role, `${handler.function.functionArn}:*`, 'The CDK calls whichever version there is');
    return new Provider(this, 'Provider', { onEventHandler: handler.function, logGroup, frameworkOnEventRole: role });
  }
}
