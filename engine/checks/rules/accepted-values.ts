import { z } from 'zod';
import { literal, misfit } from '../literal.ts';
import { defineRule, eachRow, theColumn } from '../rule.ts';

export const acceptedValues = defineRule({
  name: 'accepted_values',
  scopes: ['column'],
  dimension: 'validity',
  description: 'Every value is one of a list; a missing value passes.',
  remedy:
    'A new value: add it to the list and to whatever tells cases apart by it. A misspelt one: map it in the model.',
  schema: z.strictObject({ values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) }),
  refuse: (target, { values }) =>
    values.map((value) => misfit(value, target.types.get(theColumn(target)))).find((text) => text !== undefined),
  assert: (target, { values }) => {
    const column = theColumn(target);
    const list = values.map((value) => literal(value, target.types.get(column))).join(', ');
    return eachRow(`${column} not in (${list})`);
  },
});
