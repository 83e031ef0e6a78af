import { z } from 'zod';
import { defineRule, eachRow } from '../rule.ts';

/** Unlike `sql`, it judges each row by itself, so that failing rows can be set aside. */
export const satisfies = defineRule({
  name: 'satisfies',
  scopes: ['table'],
  dimension: 'validity',
  description: 'Every row satisfies a condition in Athena’s dialect; where it is null, the row passes.',
  remedy:
    'Look at the failing rows: which of the columns in the condition is wrong, and where does it come from (`tributary lineage`)?',
  schema: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_]*$/), condition: z.string().min(1) }),
  label: ({ name }) => name,
  assert: (_target, { condition }) => eachRow(`not (${condition}\n)`),
});
