import { z } from 'zod';
import { HISTORY_TOO_SHORT, historyArguments, historyIsLongEnough, judgeDeviation, tooFew } from '../anomaly.ts';
import { defineRule, type Measures, NUMERIC, ROW_COUNT, theColumn, theKind } from '../rule.ts';

/** Each as a quotient of two aggregates over column `c`. */
const STATISTICS = {
  null_share: (column: string) => ({ part: `count(*) - count(${column})`, whole: ROW_COUNT }),
  distinct_share: (column: string) => ({ part: `count(distinct ${column})`, whole: `count(${column})` }),
  mean: (column: string) => ({ part: `cast(sum(${column}) as double)`, whole: `count(${column})` }),
} as const;

/** Undefined where the version has no value to tell from. */
const quotient = ({ part, whole }: Measures): number | undefined => (part == null || !whole ? undefined : part / whole);

export const distributionAnomaly = defineRule({
  name: 'distribution_anomaly',
  scopes: ['column'],
  dimension: 'accuracy',
  description:
    'The null_share, distinct_share or mean of a column is like that of earlier versions, told as volume_anomaly tells it; of shares, `change` is one itself.',
  remedy: 'Compare the column with `tributary profile`: a changed unit, default or format at the source shows there.',
  isRemembered: true,
  schema: z
    .strictObject({
      statistic: z.enum(['null_share', 'distinct_share', 'mean']),
      ...historyArguments,
      deviations: z.number().positive().default(3.5),
      change: z.number().nonnegative().default(0.1),
    })
    .refine(historyIsLongEnough, HISTORY_TOO_SHORT),
  label: ({ statistic }, columns) => `${columns.join()} ${statistic}`,
  refuse: (target, { statistic }) =>
    statistic === 'mean' && !NUMERIC.includes(theKind(target)) ? 'only numbers have a mean' : undefined,
  assert: (target, { statistic, ...limits }) => ({
    measures: STATISTICS[statistic](theColumn(target)),
    judge: (measured, { earlier }) => {
      const value = quotient(measured);
      const before = earlier.flatMap((version) => quotient(version) ?? []);
      if (value !== undefined) return judgeDeviation(statistic, value, before, limits, statistic !== 'mean');
      if (before.length < limits.at_least) return tooFew(before.length, limits.at_least);
      return {
        passed: false,
        detail: `no value to take the ${statistic} of, unlike ${before.length} earlier versions`,
      };
    },
  }),
});
