import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type METRIC, METRIC_NAMESPACE, MONITORING_MINUTES } from '../lambdas/shared/constants.ts';
import {
  type FunctionName,
  functionName,
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  type Names,
  RUN_MACHINE,
  SCHEDULE_DEAD_LETTERS,
} from './names.ts';

type MetricName = (typeof METRIC)[keyof typeof METRIC];

const PERIOD = Duration.minutes(5);

/** Sum of one of Tributary's metrics over all its dimensions; alarms can watch it, since it is one series. */
export const total = (name: MetricName, period = PERIOD): MathExpression =>
  new MathExpression({ expression: `SELECT SUM(${name}) FROM "${METRIC_NAMESPACE}"`, period, label: name });

/** One of Tributary's metrics by source or model, for the dashboard. */
export const byDimension = (
  name: MetricName,
  dimension: 'source' | 'model' | 'extraction',
  statistic: 'Sum' | 'Minimum' | 'Maximum',
): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},service,${dimension}} MetricName="${name}"', '${statistic}')`,
    period: PERIOD,
    // Each series goes by its own name.
    label: '',
  });

/** What the monitoring found the last time. */
export const monitored = (name: MetricName): Metric =>
  new Metric({
    namespace: METRIC_NAMESPACE,
    metricName: name,
    dimensionsMap: { service: 'monitor' },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(MONITORING_MINUTES),
  });

export const functionMetric = (name: FunctionName, metricName: 'Errors' | 'Throttles'): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName(name) },
    statistic: Stats.SUM,
    period: PERIOD,
  });

export const functionDuration = (name: FunctionName): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Duration',
    dimensionsMap: { FunctionName: functionName(name) },
    statistic: Stats.percentile(95),
    period: PERIOD,
  });

/** Runs that ended so. */
export const runs = (
  metricName: 'ExecutionsSucceeded' | 'ExecutionsFailed' | 'ExecutionsTimedOut',
  names: Names,
): Metric =>
  new Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn: names.machineArn(RUN_MACHINE) },
    statistic: Stats.SUM,
    period: PERIOD,
  });

/** Age of the oldest record of a stream that has not been taken in, in milliseconds. */
export const iteratorAge = (stream: string): Metric =>
  new Metric({
    namespace: 'AWS/Kinesis',
    metricName: 'GetRecords.IteratorAgeMilliseconds',
    dimensionsMap: { StreamName: stream },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });

const messages = (queue: string): Metric =>
  new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName: queue },
    statistic: Stats.MAXIMUM,
    period: PERIOD,
  });

export const landingBacklog = (): Metric => messages(LANDING_QUEUE);
export const deadLetters = (): Metric => messages(LANDING_DEAD_LETTERS);
export const missedSchedules = (): Metric => messages(SCHEDULE_DEAD_LETTERS);
