import { z } from 'zod';
import { defineRule, wholeTable } from '../rule.ts';

const count = z.number().int().nonnegative();

export const rowCount = defineRule({
  name: 'row_count',
  scopes: ['table'],
  dimension: 'completeness',
  description: 'The table has at least min and at most max rows.',
  schema: z
    .strictObject({ min: count.optional(), max: count.optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both'),
  assert: (_target, { min, max }) => {
    const least = min === undefined ? [] : [`count(*) >= ${min}`];
    const most = max === undefined ? [] : [`count(*) <= ${max}`];
    return wholeTable([...least, ...most].join(' and '));
  },
});
