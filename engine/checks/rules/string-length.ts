import { z } from 'zod';
import { defineRule, eachRow, theColumn } from '../rule.ts';

const length = z.number().int().nonnegative();

export const stringLength = defineRule({
  name: 'string_length',
  scopes: ['column'],
  dimension: 'validity',
  description: 'Every text has at least min and at most max characters; a missing value passes.',
  remedy: 'Texts that are cut off, padded or joined at the source; correct them there or in the model.',
  schema: z
    .strictObject({ min: length.optional(), max: length.optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both')
    .refine(({ min = 0, max = Number.POSITIVE_INFINITY }) => min <= max, 'min is greater than max'),
  kinds: ['varchar'],
  assert: (target, { min, max }) => {
    const characters = `length(${theColumn(target)})`;
    const less = min === undefined ? [] : [`${characters} < ${min}`];
    const more = max === undefined ? [] : [`${characters} > ${max}`];
    return eachRow([...less, ...more].join(' or '));
  },
});
