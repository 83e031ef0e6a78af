import { z } from 'zod';
import { defineRule, TEMPORAL, theColumn } from '../rule.ts';

const HOUR_SECONDS = 3_600;

/**
 * Judged against the run's logical date, which is held against what was measured: a new date makes no rebuild. An empty
 * table is not fresh.
 */
export const freshness = defineRule({
  name: 'freshness',
  scopes: ['table'],
  dimension: 'timeliness',
  description: 'The newest value is at most so many hours (24 unless given) older than the run’s logical date.',
  remedy: 'See whether the source still sends (operations.intake), and whether its files or events were refused.',
  isRemembered: true,
  schema: z.strictObject({ column: z.string(), hours: z.number().int().positive().default(24) }),
  kinds: TEMPORAL,
  columns: ({ column }) => [column],
  assert: (target, { hours }) => ({
    measures: { newest: `to_unixtime(max(cast(${theColumn(target)} as timestamp)))` },
    judge: ({ newest = null }, { asOf }) => {
      if (newest === null) return { passed: false, detail: 'there is no value' };
      const age = (Date.parse(asOf) / 1_000 - newest) / HOUR_SECONDS;
      const when = new Date(newest * 1_000).toISOString().slice(0, 16).replace('T', ' ');
      return {
        passed: age <= hours,
        detail: `newest ${when}, ${Math.max(0, Math.ceil(age))} hours before ${asOf}; at most ${hours}`,
      };
    },
  }),
});
