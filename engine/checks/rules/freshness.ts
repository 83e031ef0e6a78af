import { z } from 'zod';
import { defineRule, theColumn, wholeTable } from '../rule.ts';

/** An empty table is not fresh. */
export const freshness = defineRule({
  name: 'freshness',
  scopes: ['table'],
  dimension: 'timeliness',
  description: 'The newest value is at most so many hours older than the run’s logical date.',
  schema: z.strictObject({ column: z.string(), hours: z.number().int().positive() }),
  columns: ({ column }) => [column],
  assert: (target, { hours }) => {
    const newest = `max(cast(${theColumn(target)} as timestamp))`;
    const oldest = `cast(current_timestamp as timestamp) - interval '${hours}' hour`;
    return wholeTable(`coalesce(${newest} >= ${oldest}, false)`);
  },
});
