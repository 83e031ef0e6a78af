import { z } from 'zod';
import { literal, misfit } from '../literal.ts';
import { defineRule, eachRow, NUMERIC, TEMPORAL, theColumn } from '../rule.ts';

/** A number, or a day as `2018-01-01`. */
const bound = z.union([z.number(), z.string()]);

export const range = defineRule({
  name: 'range',
  scopes: ['column'],
  dimension: 'accuracy',
  description: 'Every value lies between min and max, both included; a missing value passes.',
  remedy: 'Look at the failing rows: another unit or currency, a swapped sign, a date in another format.',
  schema: z
    .strictObject({ min: bound.optional(), max: bound.optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both'),
  kinds: [...NUMERIC, ...TEMPORAL, 'varchar'],
  refuse: (target, { min, max }) =>
    [min, max]
      .map((value) => (value === undefined ? undefined : misfit(value, target.types.get(theColumn(target)))))
      .find((text) => text !== undefined),
  assert: (target, { min, max }) => {
    const column = theColumn(target);
    const type = target.types.get(column);
    const below = min === undefined ? [] : [`${column} < ${literal(min, type)}`];
    const above = max === undefined ? [] : [`${column} > ${literal(max, type)}`];
    return eachRow([...below, ...above].join(' or '));
  },
});
