import { TributaryError } from '../common/errors.ts';
import type { CompiledModel } from './manifest.ts';

type Model = Pick<CompiledModel, 'name' | 'inputs'>;

/**
 * The models that match any of the patterns (a name, or all of a database as `gold.*`) and all that these are made of,
 * sorted. Throws `unknown_model` for a name that none has, and where nothing is selected.
 */
export function withUpstream(models: readonly Model[], patterns: readonly string[]): readonly string[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const found = new Set<string>();
  const visit = (name: string): void => {
    const model = byName.get(name);
    if (model === undefined || found.has(name)) return;
    found.add(name);
    model.inputs.forEach(visit);
  };
  for (const pattern of patterns) {
    const matching = models.filter(({ name }) => name === pattern || pattern === `${name.split('.')[0]}.*`);
    if (matching.length === 0 && !pattern.endsWith('.*')) throw unknown(pattern);
    for (const { name } of matching) visit(name);
  }
  if (found.size === 0) throw unknown(patterns.join(' or '));
  return [...found].sort();
}

const unknown = (pattern: string): TributaryError =>
  new TributaryError({
    code: 'unknown_model',
    message: `no model is ${pattern}`,
    advice: 'Give names as gold.fact_sale, or all of a database as gold.*',
  });
