import { z } from 'zod';
import { defineRule, eachRowOf, theColumn } from '../rule.ts';

/** Rows so much newer than the oldest ones that what they name may still be on its way. */
const grace = z.strictObject({ column: z.string(), hours: z.number().int().positive() });

export const relationships = defineRule({
  name: 'relationships',
  scopes: ['column'],
  dimension: 'consistency',
  description:
    'Every value is in a column of another table; a missing value passes, and with grace one in a row of the table’s last hours by a column of it.',
  remedy: 'See whether the rows that are named came late or were refused; a grace in hours waits for late ones.',
  schema: z.strictObject({ to: z.string(), column: z.string(), grace: grace.optional() }),
  references: ({ to, column }) => [{ table: to, column }],
  refuse: ({ types }, { grace }) =>
    grace === undefined || ['date', 'timestamp'].includes(types.get(grace.column) ?? '')
      ? undefined
      : `grace needs a date or timestamp of the table, which ${grace.column} is not`,
  assert: (target, { to, column, grace }) => {
    const known = `select ${column} from ${to} where ${column} is not null`;
    const own = theColumn(target);
    const missing = `${own} is not null and ${own} not in (${known})`;
    return eachRowOf(target.table, grace === undefined ? missing : `${missing} and ${isOld(target.table, grace)}`);
  },
});

/** By the table's own newest row, not by the clock: the same rows are judged alike on each day. */
function isOld(table: string, { column, hours }: z.infer<typeof grace>): string {
  const newest = `(select max(cast(${column} as timestamp)) from ${table})`;
  return `coalesce(cast(${column} as timestamp) < ${newest} - interval '${hours}' hour, true)`;
}
