import { z } from 'zod';
import { RULES } from '../engine/checks/registry.ts';
import type { Rule } from '../engine/checks/rule.ts';
import { LEAST_BY_DIMENSION, LEAST_SCORE } from '../engine/checks/score.ts';

/** The page's path from the repository's root. */
export const CHECKS_PAGE = 'docs/checks.md';

/** Every rule that a model's header may name, as Markdown; same rules, same text. */
export function checksPage(): string {
  return `${[INTRODUCTION, ...[...RULES.values()].map(ruleEntry)].join('\n\n')}\n`;
}

const least = Object.entries(LEAST_BY_DIMENSION).map(([dimension, score]) => `${dimension} ${score}`);

const INTRODUCTION = `# Checks

Generated from \`engine/checks/\` by \`npm run docs\`; do not edit. A check stands in a model's header, below a column or in the
table's own list: \`not_null\`, or \`{range: {min: 0, action: warn}}\`. All checks of a model are one query over its new version.

Every check takes, beside its own arguments:

- \`action\`: \`abort\` (unless given: the version is not published), \`quarantine\` (failing rows are set aside, the others
  published; only for rules that judge rows) or \`warn\` (recorded only).
- \`tolerate\`: share of the rows that may fail before the check does, such as 0.05; only for rules that judge rows.
- \`dimension\`: where the check counts for another dimension than its rule's.

A check scores the share of rows that pass, 0–100, or all or nothing where it judges the table as a whole; a table scores
the mean of its checks, a run the mean of its tables. Below ${LEAST_SCORE} there is a critical alert. Scores to reach by dimension:
${least.join(', ')}; timeliness is judged by the hours of its checks.

Anomalies are told from the versions published on earlier logical dates, the last of each date. A value x is odd
when |x − m| > \`deviations\` × 1.4826 × MAD and also |x − m| > \`change\` × |m|, where m is the median of the last \`versions\` and
MAD the median of their |value − m|; of shares, |x − m| > \`change\`. With fewer than \`at_least\` versions nothing is judged.`;

function ruleEntry(rule: Rule): string {
  const facts = [
    `- dimension: ${rule.dimension}`,
    `- stands: ${rule.scopes.map((scope) => (scope === 'column' ? 'below a column' : 'in the table’s list')).join(' or ')}`,
    ...(rule.kinds === undefined ? [] : [`- types: ${rule.kinds.join(', ')}`]),
    `- arguments: ${argumentList(rule)}`,
    `- where it fails: ${rule.remedy}`,
  ];
  return [`## ${rule.name}`, rule.description, facts.join('\n')].join('\n\n');
}

const schemaShape = z.object({
  properties: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })).default({}),
  required: z.array(z.string()).default([]),
});

function argumentList({ schema }: Rule): string {
  const { properties, required } = schemaShape.parse(z.toJSONSchema(schema, { io: 'input' }));
  const list = Object.entries(properties).map(([name, property]) => {
    if (required.includes(name)) return `\`${name}\``;
    return property.default === undefined
      ? `\`${name}\` (optional)`
      : `\`${name}\` (${JSON.stringify(property.default)})`;
  });
  return list.length === 0 ? 'none' : list.join(', ');
}
