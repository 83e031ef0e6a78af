import { z } from 'zod';
import { defineRule, NUMERIC, theColumn, wholeTable } from '../rule.ts';

export const sumEquals = defineRule({
  name: 'sum_equals',
  scopes: ['table'],
  dimension: 'consistency',
  description: 'A column adds up to the same as a column of another table, to the cent unless a tolerance is given.',
  remedy: 'Join the two tables on their key and look for rows that are missing, doubled or rounded on one side.',
  schema: z.strictObject({
    column: z.string(),
    to: z.string(),
    to_column: z.string(),
    tolerance: z.number().nonnegative().default(0),
  }),
  kinds: NUMERIC,
  columns: ({ column }) => [column],
  references: ({ to, to_column }) => [{ table: to, column: to_column }],
  assert: (target, { to, to_column, tolerance }) => {
    const own = `coalesce(sum(${theColumn(target)}), 0)`;
    const other = `(select coalesce(sum(${to_column}), 0) from ${to})`;
    return wholeTable(`abs(${own} - ${other}) <= ${tolerance}`);
  },
});
