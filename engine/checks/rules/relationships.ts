import { z } from 'zod';
import { defineRule, eachRowOf, theColumn } from '../rule.ts';

export const relationships = defineRule({
  name: 'relationships',
  scopes: ['column'],
  dimension: 'consistency',
  description: 'Every value is in a column of another table; a missing value passes.',
  schema: z.strictObject({ to: z.string(), column: z.string() }),
  references: ({ to, column }) => [{ table: to, column }],
  assert: (target, { to, column }) => {
    const known = `select ${column} from ${to} where ${column} is not null`;
    const own = theColumn(target);
    return eachRowOf(target.table, `${own} is not null and ${own} not in (${known})`);
  },
});
