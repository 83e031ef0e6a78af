import type { Rule } from './rule.ts';
import { acceptedValues } from './rules/accepted-values.ts';
import { distributionAnomaly } from './rules/distribution-anomaly.ts';
import { frequencyAnomaly } from './rules/frequency-anomaly.ts';
import { freshness } from './rules/freshness.ts';
import { mean } from './rules/mean.ts';
import { notNull } from './rules/not-null.ts';
import { range } from './rules/range.ts';
import { regex } from './rules/regex.ts';
import { relationships } from './rules/relationships.ts';
import { rowCount } from './rules/row-count.ts';
import { satisfies } from './rules/satisfies.ts';
import { sql } from './rules/sql.ts';
import { stringLength } from './rules/string-length.ts';
import { sumEquals } from './rules/sum-equals.ts';
import { unique } from './rules/unique.ts';
import { volumeAnomaly } from './rules/volume-anomaly.ts';

const rules: readonly Rule[] = [
  acceptedValues,
  distributionAnomaly,
  frequencyAnomaly,
  freshness,
  mean,
  notNull,
  range,
  regex,
  relationships,
  rowCount,
  satisfies,
  sql,
  stringLength,
  sumEquals,
  unique,
  volumeAnomaly,
];

/** Every rule that a header may name, by its name. */
export const RULES: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.name, rule]));
