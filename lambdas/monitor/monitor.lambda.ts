import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { dynamo, s3, stepFunctions } from '../../common/aws.ts';
import { ENV, METRIC, MONITORING_MINUTES } from '../shared/constants.ts';
import { requireEnv } from '../shared/env.ts';
import { deployedManifest } from '../shared/manifest.ts';
import { lambdaHandler } from '../shared/middleware.ts';
import { type Findings, type MonitorDeps, monitor } from './monitor.ts';
import { buildsOf, intakeOf } from './operations.ts';
import { runUnderWay } from './run-under-way.ts';

function dependencies(): MonitorDeps {
  const bucket = requireEnv(ENV.operationsBucket);
  const now = new Date();
  return {
    manifest: deployedManifest(),
    now: () => now,
    builds: (since) => buildsOf(s3(), bucket, since),
    intake: () => intakeOf(s3(), bucket, now, new Date(now.getTime() - MONITORING_MINUTES * 60_000)),
    run: () => runUnderWay(dynamo(), requireEnv(ENV.stateTable), stepFunctions()),
  };
}

/** Looks after the platform; alarms watch what it measures, its log says which tables and sources are meant. */
export const handler = lambdaHandler('monitor', async (_event: unknown, { logger, metrics }): Promise<Findings> => {
  const findings = await monitor(dependencies());
  const { overdue, run, intakeSilentHours, refusedPercent } = findings;
  metrics.addMetric(METRIC.tablesOverdue, MetricUnit.Count, overdue.length);
  metrics.addMetric(METRIC.runMinutes, MetricUnit.NoUnit, run?.minutes ?? 0);
  metrics.addMetric(METRIC.intakeSilentHours, MetricUnit.NoUnit, intakeSilentHours);
  metrics.addMetric(METRIC.refusedPercent, MetricUnit.Percent, refusedPercent ?? 0);
  logger.info('looked after the platform', { ...findings });
  return findings;
});
