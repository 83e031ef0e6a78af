import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { IntakeRecord } from '../../events/intake/ledger.ts';
import { METRIC } from './constants.ts';

/** Counts what arrived and what became of it, by source. */
export function countIntake(metrics: Metrics, record: IntakeRecord): void {
  const counts: Readonly<Record<string, number>> = {
    [METRIC.recordsReceived]: record.received,
    [METRIC.recordsAccepted]: record.accepted,
    [METRIC.recordsQuarantined]: record.quarantined,
    [METRIC.filesRefused]: record.status === 'refused' ? 1 : 0,
  };
  for (const [name, count] of Object.entries(counts)) {
    if (count > 0)
      metrics.singleMetric().addDimension('source', record.source).addMetric(name, MetricUnit.Count, count);
  }
}
