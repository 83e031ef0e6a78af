import { z } from 'zod';
import { HISTORY_TOO_SHORT, historyArguments, historyIsLongEnough, judgeDeviation } from '../anomaly.ts';
import { defineRule, ROW_COUNT } from '../rule.ts';

export const volumeAnomaly = defineRule({
  name: 'volume_anomaly',
  scopes: ['table'],
  dimension: 'completeness',
  description:
    'The number of rows is like that of earlier versions: at most `deviations` (3.5) times 1.4826 × MAD, or the share `change` (0.1) of the median, away from their median.',
  remedy:
    'Compare what arrived with the days before (operations.intake): a missing or doubled delivery, or a join that lost or multiplied rows.',
  isRemembered: true,
  schema: z
    .strictObject({
      ...historyArguments,
      deviations: z.number().positive().default(3.5),
      change: z.number().nonnegative().default(0.1),
    })
    .refine(historyIsLongEnough, HISTORY_TOO_SHORT),
  assert: (_target, limits) => ({
    measures: { rows: ROW_COUNT },
    judge: ({ rows }, { earlier }) =>
      judgeDeviation(
        'rows',
        rows ?? 0,
        earlier.flatMap((version) => version.rows ?? []),
        limits,
      ),
  }),
});
