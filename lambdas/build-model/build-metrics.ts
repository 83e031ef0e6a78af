import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { averageScore } from '../../engine/checks/score.ts';
import type { BuildRecord } from '../../engine/run.ts';
import { METRIC } from '../shared/constants.ts';

/** Measures a build, by model. Builds that were not attempted say nothing about it. */
export function measureBuild(metrics: Metrics, record: BuildRecord): void {
  if (record.status !== 'built' && record.status !== 'failed') return;
  const measure = (name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number): void => {
    metrics.singleMetric().addDimension('model', record.model).addMetric(name, unit, value);
  };
  measure(METRIC.buildSeconds, MetricUnit.Seconds, record.seconds);
  measure(METRIC.buildFailed, MetricUnit.Count, record.status === 'failed' ? 1 : 0);
  if (record.status === 'built') measure(METRIC.rowsPublished, MetricUnit.Count, record.rows);
  if (record.checks.length > 0) measure(METRIC.qualityScore, MetricUnit.NoUnit, averageScore(record.checks));
}
