import { z } from 'zod';
import { defineRule, ROW_COUNT } from '../rule.ts';

const count = z.number().int().nonnegative();

const schema = z
  .strictObject({ min: count.optional(), max: count.optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both');

export const rowCount = defineRule({
  name: 'row_count',
  scopes: ['table'],
  dimension: 'completeness',
  description:
    'The table has at least min rows, or what the environment’s rowMinima ask if that is more, and at most max.',
  remedy: 'See what arrived and what was refused (operations.intake), and which input of the table is short of rows.',
  schema,
  assert: (_target, { min = 0, max = Number.POSITIVE_INFINITY }) => ({
    measures: { rows: ROW_COUNT },
    judge: ({ rows }, { leastRows }) => {
      const counted = rows ?? 0;
      const least = Math.max(min, leastRows);
      const most = max === Number.POSITIVE_INFINITY ? '' : `, at most ${max.toLocaleString('en')}`;
      return {
        passed: counted >= least && counted <= max,
        detail: `${counted.toLocaleString('en')} rows; at least ${least.toLocaleString('en')}${most}`,
      };
    },
  }),
});
