import { z } from 'zod';
import { defineRule } from '../rule.ts';

export const sql = defineRule({
  name: 'sql',
  scopes: ['table'],
  dimension: 'accuracy',
  description: 'A query of failing rows, in Athena’s dialect, finds none.',
  remedy: 'The failing rows are what the query of the check finds; trace their columns with `tributary lineage`.',
  schema: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9_]*$/), query: z.string().min(1) }),
  label: ({ name }) => name,
  assert: (_target, { query }) => ({
    failures: `(select count(*) from (${query}\n) as failing)`,
    failingQuery: query,
  }),
});
