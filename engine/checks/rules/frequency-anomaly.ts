import { z } from 'zod';
import { HISTORY_TOO_SHORT, historyArguments, historyIsLongEnough, short, tooFew } from '../anomaly.ts';
import { literal } from '../literal.ts';
import { defineRule, type Measures, NUMERIC, type Target, theColumn, theKind } from '../rule.ts';
import { stabilityIndex } from '../statistics.ts';

/** The share of each class; undefined where there are no rows. */
function sharesOf(measured: Measures, classes: readonly string[]): readonly number[] | undefined {
  const counts = classes.map((name) => measured[name] ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? undefined : counts.map((count) => count / total);
}

const meanShares = (versions: readonly (readonly number[])[], classes: readonly string[]): readonly number[] =>
  classes.map((_name, index) => versions.reduce((sum, shares) => sum + (shares[index] ?? 0), 0) / versions.length);

interface Classes {
  readonly values?: readonly (string | number | boolean)[] | undefined;
  readonly edges?: readonly number[] | undefined;
}

/** The classes as conditions over a row; what belongs to none, nulls included, is one more. */
function conditions(target: Target, { values = [], edges = [] }: Classes): readonly { name: string; where: string }[] {
  const column = theColumn(target);
  const type = target.types.get(column);
  const ofValues = values.map((value) => ({ name: String(value), where: `${column} = ${literal(value, type)}` }));
  const ofRanges = edges.slice(1).map((edge, index) => ({
    name: `${edges[index]} to ${edge}`,
    where: `${column} >= ${edges[index]} and ${column} < ${edge}`,
  }));
  const classes = [...ofValues, ...ofRanges];
  const any = classes.map(({ where }) => `coalesce(${where}, false)`).join(' or ');
  return [...classes, { name: 'others', where: `not (${any})` }];
}

export const frequencyAnomaly = defineRule({
  name: 'frequency_anomaly',
  scopes: ['column'],
  dimension: 'accuracy',
  description:
    'The shares of given values, or of ranges between edges, are like their mean over earlier versions: a population stability index of at most `index` (0.25).',
  remedy:
    'See which share moved: a channel, shop or product group that sends twice or not at all, or values under new names.',
  isRemembered: true,
  schema: z
    .strictObject({
      values: z
        .array(z.union([z.string(), z.number(), z.boolean()]))
        .min(1)
        .max(50)
        .optional(),
      edges: z.array(z.number()).min(2).max(50).optional(),
      ...historyArguments,
      index: z.number().positive().default(0.25),
    })
    .refine(({ values, edges }) => (values === undefined) !== (edges === undefined), 'give values or edges')
    .refine(({ edges = [] }) => edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge)), 'edges must ascend')
    .refine(historyIsLongEnough, HISTORY_TOO_SHORT),
  refuse: (target, { edges }) =>
    edges !== undefined && !NUMERIC.includes(theKind(target)) ? 'only numbers have edges between them' : undefined,
  assert: (target, args) => {
    const classes = conditions(target, args);
    const names = classes.map((_class, index) => `n${index}`);
    return {
      measures: Object.fromEntries(
        classes.map(({ where }, index) => [`n${index}`, `count(*) filter (where ${where})`]),
      ),
      judge: (measured, { earlier }) => {
        const before = earlier
          .flatMap((version) => {
            const shares = sharesOf(version, names);
            return shares === undefined ? [] : [shares];
          })
          .slice(-args.versions);
        if (before.length < args.at_least) return tooFew(before.length, args.at_least);
        const shares = sharesOf(measured, names);
        if (shares === undefined) return { passed: false, detail: `no rows, unlike ${before.length} earlier versions` };
        const expected = meanShares(before, names);
        const index = stabilityIndex(shares, expected);
        return {
          passed: index <= args.index,
          detail: `index ${short(index)}; ${mostMoved(shares, expected, classes)}`,
        };
      },
    };
  },
});

function mostMoved(
  shares: readonly number[],
  expected: readonly number[],
  classes: readonly { name: string }[],
): string {
  const moves = classes.map(({ name }, index) => ({ name, now: shares[index] ?? 0, before: expected[index] ?? 0 }));
  const [most] = moves.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  return most === undefined ? '' : `${most.name} ${percent(most.now)}, before ${percent(most.before)}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
