import { TributaryError } from '../../common/errors.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { withUpstream } from '../../engine/selection.ts';
import { MODEL_SETS, type ModelSet } from '../../infra/environments.ts';

export interface Selection {
  /** `gold.fact_sale`, or `fact_sale` where only one database has it. */
  readonly table: readonly string[];
  readonly domain: readonly string[];
  /** Instead of tables and domains. */
  readonly set?: ModelSet;
}

/**
 * Names of the selected models, or null for all. Throws `unknown_model` or `unknown_domain` with what there is, and
 * `two_selections`.
 */
export function selectModels({ models }: Manifest, { table, domain, set }: Selection): readonly string[] | null {
  const isSingle = table.length > 0 || domain.length > 0;
  if (set !== undefined) {
    if (!isSingle) return withUpstream(models, MODEL_SETS[set]);
    throw new TributaryError({ code: 'two_selections', message: 'give either a set, or tables and domains' });
  }
  if (!isSingle) return null;
  const domains = new Set(models.map((model) => model.domain));
  for (const name of domain) {
    if (!domains.has(name)) throw unknown('domain', name, [...domains]);
  }
  const names = models.map(({ name }) => name);
  const wanted = new Set(table.map((name) => modelName(name, names)));
  return models.filter((model) => wanted.has(model.name) || domain.includes(model.domain)).map(({ name }) => name);
}

/** Full name of a model. Throws `unknown_model` with what there is. */
export function modelName(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  const [match, ...others] = names.filter((candidate) => candidate.endsWith(`.${name}`));
  if (match === undefined || others.length > 0) throw unknown('model', name, names);
  return match;
}

const unknown = (what: 'model' | 'domain', name: string, known: readonly string[]) =>
  new TributaryError({
    code: `unknown_${what}`,
    message: `there is no ${what} ${name}`,
    advice: `choose among ${known.join(', ')}`,
  });
