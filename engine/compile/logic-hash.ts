import { hashOf } from '../hash.ts';
import type { Model } from '../model.ts';
import type { Token } from './syntax.ts';

/**
 * Hash of all that decides a model's rows and how they are stored and judged: formatting, comments, descriptions and
 * the letter case of keywords and names do not change it.
 */
export function logicHash(
  model: Pick<Model, 'kind' | 'columns' | 'checks' | 'partitionBy' | 'sortBy'>,
  tokens: readonly Token[],
): string {
  return hashOf({
    sql: tokens.map(canonicalToken),
    kind: model.kind,
    columns: model.columns.map(({ name, type, classification }) => ({ name, type, classification })),
    checks: model.checks,
    partitionBy: model.partitionBy,
    sortBy: model.sortBy,
  });
}

/** A quoted name is kept apart from a string of the same letters. */
function canonicalToken({ text, isString, isQuoted }: Token): readonly string[] {
  if (isString) return ['string', text];
  return isQuoted ? ['quoted', text] : [text.toLowerCase()];
}
