import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { TributaryError } from '../../common/errors.ts';
import {
  EXTRACTIONS_PATH,
  type Extraction,
  type ExtractionKind,
  extractionParameter,
  parseExtraction,
  secretsPrefix,
} from '../../events/extract/extraction.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import type { Permission } from '../constructs/permission.ts';
import { addSchedule } from '../constructs/schedule.ts';
import type { NetworkSettings } from '../environments.ts';
import { STATE_TABLE } from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface ExtractionStackProps extends TributaryStackProps {
  readonly rawDataKey: IKey;
}

const PULLED_FROM: Readonly<Record<ExtractionKind, string>> = {
  rest: 'REST APIs',
  postgres: 'PostgreSQL databases',
};

/** Pulls from other systems into the landing bucket: a function for each kind, settings and schedules of each pull. */
export class ExtractionStack extends Stack {
  constructor(scope: Construct, id: string, props: ExtractionStackProps) {
    super(scope, id, stackProps(props, 'scheduled pulls from APIs and databases'));
    const extractions = props.settings.extractions.map(parseExtraction);
    requireDistinct(extractions);
    this.extract('rest', props);
    const postgres = this.extract('postgres', props, props.settings.databaseNetwork);
    if (props.settings.databaseNetwork) enter(postgres, props.settings.databaseNetwork);
    for (const extraction of extractions) this.schedule(extraction, props);
  }

  private extract(
    kind: ExtractionKind,
    { settings, names, rawDataKey }: ExtractionStackProps,
    network?: NetworkSettings,
  ): LambdaFunction {
    const name = `extract-${kind}` as const;
    return new LambdaFunction(this, `Extract-${kind}`, {
      settings,
      name,
      description: `Pulls what has changed from ${PULLED_FROM[kind]} into the landing bucket`,
      memoryMiB: 1024,
      // What takes longer is paused, and gone on with in the next call.
      timeout: Duration.minutes(15),
      environment: { landingBucket: names.bucket('landing'), stateTable: STATE_TABLE },
      permissions: [
        {
          actions: ['ssm:GetParameter'],
          resources: [names.parameterArn(`${EXTRACTIONS_PATH}/*`)],
          wildcard: 'Extractions come and go with the settings',
        },
        {
          actions: ['secretsmanager:GetSecretValue'],
          resources: [names.arn('secretsmanager', `secret:${secretsPrefix(kind)}/*`)],
          wildcard: 'One secret per extraction of this kind, whose ARN ends in random characters',
        },
        {
          actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
          resources: [names.objects('landing', '*/extract')],
          wildcard: 'Each pull has files of its own, in the folder of its source',
        },
        { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [rawDataKey.keyArn] },
        {
          actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
          resources: [names.stateTableArn],
        },
        // A pull that was paused is gone on with.
        { actions: ['lambda:InvokeFunction'], resources: [names.functionArn(name)] },
        ...(network === undefined ? [] : [IN_A_NETWORK]),
      ],
    });
  }

  private schedule(extraction: Extraction, { names }: ExtractionStackProps): void {
    const { name, kind, schedule } = extraction;
    new StringParameter(this, `${name}-settings`, {
      parameterName: extractionParameter(name),
      description: `How ${name} is pulled, as JSON`,
      stringValue: JSON.stringify(extraction),
    });
    const arn = names.functionArn(`extract-${kind}`);
    addSchedule(this, `${name}-schedule`, {
      names,
      enabled: true,
      name: `extract-${name}`,
      description: `Pulls ${extraction.source} from ${PULLED_FROM[kind]}`,
      expression: schedule,
      target: { arn, input: { name }, permission: { actions: ['lambda:InvokeFunction'], resources: [arn] } },
    });
  }
}

const IN_A_NETWORK: Permission = {
  actions: ['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'],
  resources: ['*'],
  wildcard: 'Lambda makes network interfaces before they have a name',
};

function enter({ function: { node } }: LambdaFunction, { subnetIds, securityGroupIds }: NetworkSettings): void {
  const resource = node.defaultChild;
  if (!CfnResource.isCfnResource(resource)) return;
  resource.addPropertyOverride('VpcConfig', { SubnetIds: subnetIds, SecurityGroupIds: securityGroupIds });
}

function requireDistinct(extractions: readonly Extraction[]): void {
  const names = extractions.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new TributaryError({
    code: 'bad_extraction',
    message: `two extractions are named ${twice}`,
    where: 'infra/environments.ts',
    advice: 'Give each a name of its own: it is what the watermark is kept under.',
  });
}
