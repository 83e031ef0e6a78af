import type { Kind, Layer } from '../model.ts';
import { compileError, type Place } from './errors.ts';
import type { Statement } from './syntax.ts';

/** Which databases the models of a layer may read. */
const READS: Readonly<Record<Layer, readonly string[]>> = {
  silver: ['bronze', 'silver'],
  gold: ['silver', 'gold'],
  marts: ['silver', 'gold'],
};

/** The domain that watches over the platform itself reads also what ingestion and runs have written. */
const GOVERNANCE = 'governance';
const WATCHED = ['bronze', 'operations'];

/** Throws `wrong_layer` at the first mention of a table that a model of this layer and domain may not read. */
export function checkLayer(
  layer: Layer,
  domain: string,
  tables: ReadonlyMap<string, number>,
  { placeOf }: Statement,
): void {
  const databases = domain === GOVERNANCE ? [...READS[layer], ...WATCHED] : READS[layer];
  for (const [table, at] of tables) {
    const [database = ''] = table.split('.');
    if (databases.includes(database)) continue;
    const allowed = databases.join(' or ');
    throw compileError('wrong_layer', placeOf(at), `a model of ${layer} reads ${allowed}, not ${table}`);
  }
}

/** Throws `unsupported_kind` unless the layer holds models of that kind: marts are views, the rest are tables. */
export function checkKind(layer: Layer, kind: Kind, place: Place): void {
  if ((layer === 'marts') === (kind === 'view')) return;
  const advice = layer === 'marts' ? 'Use view.' : 'Use table, partitioned or merge.';
  throw compileError('unsupported_kind', place, `a model of ${layer} cannot be of kind ${kind}`, advice);
}
