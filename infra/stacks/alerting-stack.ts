import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../constructs/permission.ts';
import { ALERT_TOPIC, SCHEDULE_DEAD_LETTERS } from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

/** The topic that every failure reaches, from the functions and from alarms; the queue of what schedules could not call. */
export class AlertingStack extends Stack {
  readonly key: Key;

  constructor(scope: Construct, id: string, props: TributaryStackProps) {
    super(scope, id, stackProps(props, 'alerts'));
    this.key = new Key(this, 'Key', {
      alias: 'tributary/alerts',
      description: 'Encrypts alerts',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const topic = new Topic(this, 'Alerts', {
      topicName: ALERT_TOPIC,
      displayName: `Tributary ${props.settings.environment}`,
      masterKey: this.key,
      enforceSSL: true,
    });
    const missed = new Queue(this, 'ScheduleDeadLetters', {
      queueName: SCHEDULE_DEAD_LETTERS,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(missed, 'AwsSolutions-SQS3', 'It is a dead-letter queue itself');
    // A service can use topic and key only where their own policies say so.
    topic.addToResourcePolicy(this.alarmsMay(['sns:Publish'], topic.topicArn));
    this.key.addToResourcePolicy(this.alarmsMay(['kms:Decrypt', 'kms:GenerateDataKey'], '*'));
    const { email } = props.settings.alerts;
    if (email) topic.addSubscription(new EmailSubscription(email));
  }

  private alarmsMay(actions: string[], resource: string): PolicyStatement {
    return new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions,
      resources: [resource],
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
  }
}
