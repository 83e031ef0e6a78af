import { z } from 'zod';
import { short } from '../anomaly.ts';
import { defineRule, NUMERIC, theColumn } from '../rule.ts';

export const mean = defineRule({
  name: 'mean',
  scopes: ['column'],
  dimension: 'accuracy',
  description: 'The mean of the values lies between min and max, both included; a column without values passes.',
  remedy: 'Look at the extremes with `tributary profile`: a few values of another unit move a mean.',
  schema: z
    .strictObject({ min: z.number().optional(), max: z.number().optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both'),
  kinds: NUMERIC,
  assert: (target, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => ({
    measures: { sum: `cast(sum(${theColumn(target)}) as double)`, values: `count(${theColumn(target)})` },
    judge: ({ sum = null, values = null }) => {
      if (sum === null || !values) return { passed: true, detail: 'there is no value' };
      return {
        passed: sum / values >= min && sum / values <= max,
        detail: `mean ${short(sum / values)}; ${min} to ${max}`,
      };
    },
  }),
});
