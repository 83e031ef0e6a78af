import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { METRIC } from '../../lambdas/shared/constants.ts';
import { RunbookAlarm, type RunbookAlarmProps } from '../constructs/runbook-alarm.ts';
import {
  byDimension,
  deadLetters,
  functionDuration,
  functionMetric,
  iteratorAge,
  landingBacklog,
  missedSchedules,
  monitored,
  runs,
  total,
} from '../metrics.ts';
import { FUNCTIONS, STREAMS } from '../names.ts';
import { stackProps, type TributaryStackProps } from './stack-props.ts';

/** What people look at, and what wakes them. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: TributaryStackProps) {
    super(scope, id, stackProps(props, 'dashboard, alarms'));
    const topic = Topic.fromTopicArn(this, 'Alerts', props.names.alertTopicArn);
    const { supports, alerts } = props.settings;
    for (const alarm of alarms(props)) {
      if (alarm.metric instanceof MathExpression && !supports.metricMathAlarms) continue;
      new RunbookAlarm(this, { ...alarm, topic, runbookUrl: alerts.runbookUrl });
    }
    this.dashboard(props);
  }

  private dashboard({ settings, names }: TributaryStackProps): void {
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8, height: 6 });
    new Dashboard(this, 'Dashboard', {
      dashboardName: `tributary-${settings.environment}`,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          graph('Records accepted', [byDimension(METRIC.recordsAccepted, 'source', 'Sum')]),
          graph('Records refused', [byDimension(METRIC.recordsQuarantined, 'source', 'Sum')]),
          graph('Files refused', [byDimension(METRIC.filesRefused, 'source', 'Sum')]),
        ],
        [
          graph('Age of the oldest unread event, ms', STREAMS.map(iteratorAge)),
          graph('Landing queue', [landingBacklog(), deadLetters()]),
          graph('Runs', [
            runs('ExecutionsSucceeded', names),
            runs('ExecutionsFailed', names),
            runs('ExecutionsTimedOut', names),
          ]),
        ],
        [
          graph('Build time, s', [byDimension(METRIC.buildSeconds, 'model', 'Maximum')]),
          graph('Failed builds', [byDimension(METRIC.buildFailed, 'model', 'Sum')]),
          graph('Quality score', [byDimension(METRIC.qualityScore, 'model', 'Minimum')]),
        ],
        [
          graph('Records pulled', [byDimension(METRIC.recordsExtracted, 'extraction', 'Sum')]),
          graph('Failed pulls', [byDimension(METRIC.extractionFailed, 'extraction', 'Sum')]),
          graph('Overdue tables, minutes of the run under way, hours without intake', [
            monitored(METRIC.tablesOverdue),
            monitored(METRIC.runMinutes),
            monitored(METRIC.intakeSilentHours),
          ]),
        ],
        [
          graph('Rows published', [byDimension(METRIC.rowsPublished, 'model', 'Maximum')]),
          graph(
            'Function errors',
            FUNCTIONS.map((name) => functionMetric(name, 'Errors')),
          ),
          graph('Function time, 95 % within, ms', FUNCTIONS.map(functionDuration)),
        ],
      ],
    });
  }
}

type AlarmDefinition = Omit<RunbookAlarmProps, 'topic' | 'runbookUrl'>;

/** Every alarm; their runbook headings are those of docs/runbook.md. */
function alarms({ settings, names }: TributaryStackProps): readonly AlarmDefinition[] {
  const { refusedRecordsPerHour, refusedPercent, iteratorAgeSeconds, intakeSilentHours, runMinutes } = settings.alerts;
  return [
    {
      runbook: 'build-failed',
      meaning: 'A model failed to build; its old version still serves',
      metric: total(METRIC.buildFailed),
      above: 0,
    },
    {
      runbook: 'run-failed',
      meaning: 'A run failed, timed out or could not begin',
      metric: new MathExpression({
        expression: 'failed + late',
        usingMetrics: {
          failed: runs('ExecutionsFailed', names),
          late: runs('ExecutionsTimedOut', names),
        },
        period: Duration.minutes(5),
        label: 'failed runs',
      }),
      above: 0,
    },
    {
      runbook: 'tables-overdue',
      meaning: 'A table was not built or found up to date within the hours of its sla',
      metric: monitored(METRIC.tablesOverdue),
      above: 0,
    },
    {
      runbook: 'run-slow',
      meaning: `A run has been under way for more than ${runMinutes} minutes`,
      metric: monitored(METRIC.runMinutes),
      above: runMinutes,
    },
    {
      runbook: 'intake-stopped',
      meaning: `Nothing has arrived for more than ${intakeSilentHours} hours`,
      metric: monitored(METRIC.intakeSilentHours),
      above: intakeSilentHours,
    },
    {
      runbook: 'records-refused',
      subject: 'share',
      meaning: `More than ${refusedPercent} % of the records of a quarter of an hour went to quarantine`,
      metric: monitored(METRIC.refusedPercent),
      above: refusedPercent,
    },
    {
      runbook: 'schedule-missed',
      meaning: 'A schedule could not call its target, in any of several attempts',
      metric: missedSchedules(),
      above: 0,
    },
    {
      runbook: 'files-refused',
      meaning: 'A file was refused as a whole',
      metric: total(METRIC.filesRefused),
      above: 0,
    },
    {
      runbook: 'records-refused',
      meaning: `More than ${refusedRecordsPerHour} records went to quarantine within an hour`,
      metric: total(METRIC.recordsQuarantined, Duration.hours(1)),
      above: refusedRecordsPerHour,
    },
    {
      runbook: 'extraction-failed',
      meaning: 'A pull from an API or a database failed; its watermark stays',
      metric: total(METRIC.extractionFailed),
      above: 0,
    },
    {
      runbook: 'files-given-up',
      meaning: 'A file could not be taken in, by any of several attempts',
      metric: deadLetters(),
      above: 0,
    },
    ...STREAMS.map((stream) => ({
      runbook: 'stream-behind',
      subject: stream,
      meaning: `Events wait in ${stream} for more than ${iteratorAgeSeconds} s`,
      metric: iteratorAge(stream),
      above: iteratorAgeSeconds * 1000,
    })),
    ...FUNCTIONS.map((name) => ({
      runbook: 'function-errors',
      subject: name,
      meaning: `The function ${name} failed more than twice within five minutes`,
      metric: functionMetric(name, 'Errors'),
      above: 2,
    })),
    {
      runbook: 'functions-throttled',
      meaning: 'Lambda refused calls because too many functions were running',
      metric: new MathExpression({
        expression: FUNCTIONS.map((_, index) => `f${index}`).join(' + '),
        usingMetrics: Object.fromEntries(
          FUNCTIONS.map((name, index) => [`f${index}`, functionMetric(name, 'Throttles')]),
        ),
        period: Duration.minutes(5),
        label: 'throttled calls',
      }),
      above: 0,
    },
  ];
}
