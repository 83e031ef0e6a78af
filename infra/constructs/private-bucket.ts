import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  readonly bucketName: string;
  /** Keep the bucket when its stack is deleted. */
  readonly retain: boolean;
  /** Keep overwritten and deleted objects for thirty days. */
  readonly versioned?: boolean;
  /** Key that encrypts the objects; S3's own where there is none. */
  readonly key?: IKey;
  /** Delete objects at this age. */
  readonly expireAfter?: Duration;
  /** Where requests are logged; none for the bucket of the logs themselves. */
  readonly accessLogs?: IBucket;
  /** Send an event to EventBridge for each new object. */
  readonly sendsEvents?: boolean;
}

/** Days for which overwritten and deleted objects can be brought back. */
const NONCURRENT_DAYS = Duration.days(30);

/** A bucket that is encrypted, reachable over TLS only, never public, and cleans up after itself. */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    const { bucketName, retain, versioned = false, key, accessLogs, sendsEvents = false } = props;
    super(scope, id, {
      bucketName,
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned,
      lifecycleRules: [...lifecycle(props)],
      ...(accessLogs && { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${id}/` }),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    // `eventBridgeEnabled` of the construct would add a function only to set this property.
    if (sendsEvents && this.node.defaultChild instanceof CfnBucket) {
      this.node.defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }
}

const lifecycle = ({ versioned, expireAfter }: PrivateBucketProps): readonly LifecycleRule[] => [
  { id: 'abort-incomplete-uploads', abortIncompleteMultipartUploadAfter: Duration.days(2) },
  ...(versioned ? [{ id: 'expire-old-versions', noncurrentVersionExpiration: NONCURRENT_DAYS }] : []),
  ...(expireAfter ? [{ id: 'expire', expiration: expireAfter }] : []),
];
