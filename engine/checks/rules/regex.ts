import { z } from 'zod';
import { quoted } from '../literal.ts';
import { defineRule, eachRow, theColumn } from '../rule.ts';

export const regex = defineRule({
  name: 'regex',
  scopes: ['column'],
  dimension: 'validity',
  description: 'Every value contains a match of the pattern (anchor it to match the whole); a missing value passes.',
  remedy: 'Trim and normalise the value in the model, or correct the format at its source.',
  schema: z.strictObject({ pattern: z.string().min(1) }),
  kinds: ['varchar'],
  assert: (target, { pattern }) => eachRow(`not regexp_like(${theColumn(target)}, ${quoted(pattern)})`),
});
