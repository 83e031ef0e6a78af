import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  /** Heading of the runbook that says what to do, as its anchor; also the alarm's name. */
  readonly runbook: string;
  /** Tells alarms apart that share a heading. */
  readonly subject?: string;
  /** What has happened, in a sentence. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** Alarm when the metric exceeds this. */
  readonly above: number;
  readonly topic: ITopic;
  readonly runbookUrl: string;
}

/** An alarm that reaches the alert topic and says where its cause and remedy are described. */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, { runbook, subject, meaning, metric, above, topic, runbookUrl }: RunbookAlarmProps) {
    const id = subject === undefined ? runbook : `${runbook}-${subject}`;
    super(scope, id, {
      alarmName: `tributary-${id}`,
      alarmDescription: `${meaning}. What to do: ${runbookUrl}#${runbook}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(topic));
  }
}
