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
import { allow } from '../constructs/permission.ts';
import type { CompiledManifest } from '../manifest-file.ts';
import {
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  PERSONAL_DATA_KEY,
  RUN_MACHINE,
  STATE_TABLE,
  STREAMS,
  SUBJECT_KEY_TABLE,
  WORKGROUP,
} from '../names.ts';
import { analystPermissions, operatorPermissions } from '../people.ts';
import { PLATFORM_PARAMETER, type Platform } from '../platform.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

export interface AccessStackProps extends TributaryStackProps {
  readonly manifest: CompiledManifest;
  readonly rawDataKey: IKey;
  readonly personalDataKey: IKey;
}

/** How people and tools get at the platform: where everything is, and the roles analyst and operator. */
export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, props: AccessStackProps) {
    super(scope, id, stackProps(props, 'roles, names of the platform'));
    const { settings, names, rawDataKey, personalDataKey } = props;
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
    for (const permission of operatorPermissions(names, rawDataKey, personalDataKey)) allow(operator, permission);
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
    streams: Object.fromEntries(STREAMS.map((name) => [name, name])),
    queues: { landing: LANDING_QUEUE, landingDeadLetters: LANDING_DEAD_LETTERS },
    stateMachineArn: names.machineArn(RUN_MACHINE),
    alertTopicArn: names.alertTopicArn,
    workgroup: WORKGROUP,
    stateTable: STATE_TABLE,
    subjectKeyTable: SUBJECT_KEY_TABLE,
    personalDataKey: PERSONAL_DATA_KEY,
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
