import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/permission.ts';
import { PrivateBucket } from '../constructs/private-bucket.ts';
import { PERSONAL_DATA_KEY, STATE_TABLE, SUBJECT_KEY_TABLE } from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

/** Within the thirty days after which erased data must be gone from backups. */
const KEY_RECOVERY_DAYS = 14;

/** Where data rests: the lake's buckets, and the table of what runs and functions remember. */
export class StorageStack extends Stack {
  /** Encrypts records as they were received, which may be personal: originals in landing, refused ones in quarantine. */
  readonly rawDataKey: Key;
  /** Encrypts the keys of personal data. */
  readonly personalDataKey: Key;

  constructor(scope: Construct, id: string, props: TributaryStackProps) {
    super(scope, id, stackProps(props, 'buckets of the lake, state table, keys of personal data'));
    const { settings, names } = props;
    const retain = settings.protectData;
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.rawDataKey = new Key(this, 'RawDataKey', {
      alias: 'tributary/raw-data',
      description: 'Encrypts records as received: landing and quarantine buckets',
      enableKeyRotation: true,
      removalPolicy,
    });
    this.personalDataKey = new Key(this, 'PersonalDataKey', {
      alias: PERSONAL_DATA_KEY,
      description: 'Encrypts the keys of personal data in their table',
      enableKeyRotation: true,
      removalPolicy,
    });
    const accessLogs = new PrivateBucket(this, 'access-logs', {
      bucketName: names.bucket('access-logs'),
      retain,
      expireAfter: Duration.days(90),
    });
    acknowledge(accessLogs, 'AwsSolutions-S1', 'The bucket of the access logs: logging it to itself would not end');

    const common = { retain, accessLogs };
    new PrivateBucket(this, 'landing', {
      ...common,
      bucketName: names.bucket('landing'),
      key: this.rawDataKey,
      expireAfter: Duration.days(7),
      sendsEvents: true,
    });
    new PrivateBucket(this, 'quarantine', {
      ...common,
      bucketName: names.bucket('quarantine'),
      key: this.rawDataKey,
      versioned: retain,
    });
    // Bronze and operations cannot be made again; silver and gold can, and their snapshots are versions already.
    new PrivateBucket(this, 'bronze', { ...common, bucketName: names.bucket('bronze'), versioned: retain });
    new PrivateBucket(this, 'operations', { ...common, bucketName: names.bucket('operations'), versioned: retain });
    new PrivateBucket(this, 'silver', { ...common, bucketName: names.bucket('silver') });
    new PrivateBucket(this, 'gold', { ...common, bucketName: names.bucket('gold') });
    new PrivateBucket(this, 'results', {
      ...common,
      retain: false,
      bucketName: names.bucket('results'),
      expireAfter: Duration.days(30),
    });

    new Table(this, 'State', {
      tableName: STATE_TABLE,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      removalPolicy,
    });
    new Table(this, 'SubjectKeys', {
      tableName: SUBJECT_KEY_TABLE,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billingMode: BillingMode.PAY_PER_REQUEST,
      // Lost keys are lost data, so they can be restored; but a deleted key is an erased person, so not for long.
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: KEY_RECOVERY_DAYS,
      },
      deletionProtection: retain,
      removalPolicy,
    });
  }
}
