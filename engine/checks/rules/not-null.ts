import { z } from 'zod';
import { defineRule, eachRow, theColumn } from '../rule.ts';

export const notNull = defineRule({
  name: 'not_null',
  scopes: ['column'],
  dimension: 'completeness',
  description: 'Every row has a value.',
  remedy: 'Find which source leaves it out; require the field in its contract, or give it a default in the model.',
  schema: z.strictObject({}),
  assert: (target) => eachRow(`${theColumn(target)} is null`),
});
