import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type METRIC, METRIC_NAMESPACE } from '../lambdas/shared/constants.ts';
import {
  type FunctionName,
  functionName,
  LANDING_DEAD_LETTERS,
  LANDING_QUEUE,
  type Names,
  RUN_MACHINE,
} from './names.ts';

type MetricName = (typeof METRIC)[keyof typeof METRIC];

/** Sum of one of Tributary's metrics over all its dimensions; alarms can watch it, since it is one series. */
export const total = (name: MetricName, period: Duration, label: string): MathExpression =>
  new MathExpression({ expression: `SELECT SUM(${name}) FROM "${METRIC_NAMESPACE}"`, period, label });

/** One of Tributary's metrics by source or model, for the dashboard. */
export const byDimension = (
  name: MetricName,
  dimension: 'source' | 'model',
  statistic: 'Sum' | 'Average' | 'Minimum' | 'Maximum',
): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},service,${dimension}} MetricName="${name}"', '${statistic}')`,
    period: Duration.minutes(5),
    label: '',
  });

const sum = (namespace: string, metricName: string, dimensionsMap: Record<string, string>, label: string): Metric =>
  new Metric({ namespace, metricName, dimensionsMap, statistic: Stats.SUM, period: Duration.minutes(5), label });

export const functionMetric = (name: FunctionName, metric: 'Errors' | 'Throttles' | 'Invocations'): Metric =>
  sum('AWS/Lambda', metric, { FunctionName: functionName(name) }, name);

export const functionDuration = (name: FunctionName): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Duration',
    dimensionsMap: { FunctionName: functionName(name) },
    statistic: Stats.percentile(95),
    period: Duration.minutes(5),
    label: name,
  });

export const runsThat = (
  metric: 'ExecutionsStarted' | 'ExecutionsSucceeded' | 'ExecutionsFailed' | 'ExecutionsTimedOut',
  names: Names,
  label: string,
): Metric => sum('AWS/States', metric, { StateMachineArn: names.machineArn(RUN_MACHINE) }, label);

/** Age of the oldest record of a stream that has not been taken in, in milliseconds. */
export const iteratorAge = (stream: string): Metric =>
  new Metric({
    namespace: 'AWS/Kinesis',
    metricName: 'GetRecords.IteratorAgeMilliseconds',
    dimensionsMap: { StreamName: stream },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(5),
    label: stream,
  });

const messages = (queue: string, label: string): Metric =>
  new Metric({
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimensionsMap: { QueueName: queue },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(5),
    label,
  });

export const landingBacklog = (): Metric => messages(LANDING_QUEUE, 'waiting');
export const deadLetters = (): Metric => messages(LANDING_DEAD_LETTERS, 'given up');
