import { z } from 'zod';
import { literal } from '../literal.ts';
import { defineRule, eachRow, theColumn } from '../rule.ts';

export const acceptedValues = defineRule({
  name: 'accepted_values',
  scopes: ['column'],
  dimension: 'validity',
  description: 'Every value is one of a list; a missing value passes.',
  schema: z.strictObject({ values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }),
  assert: (target, { values }) => {
    const column = theColumn(target);
    const list = values.map((value) => literal(value, target.types.get(column))).join(', ');
    return eachRow(`${column} not in (${list})`);
  },
});
