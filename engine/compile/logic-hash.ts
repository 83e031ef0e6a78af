import type { Query } from '../dialect/ast.ts';
import { hashOf } from '../hash.ts';
import type { Model } from '../model.ts';

type HashedParts = 'kind' | 'columns' | 'checks' | 'partitionBy' | 'sortBy' | 'partitionsFrom' | 'merge';

/**
 * Hash of all that decides a model's rows and how they are stored, kept up to date and judged. Formatting, comments,
 * descriptions, the letter case of keywords and names, optional words and needless parentheses do not change it.
 */
export function logicHash(model: Pick<Model, HashedParts>, query: Query): string {
  return hashOf({
    sql: canonical(query),
    kind: model.kind,
    columns: model.columns.map(({ name, type, classification, recordsRun }) => ({
      name,
      type,
      classification,
      recordsRun: recordsRun === true,
    })),
    checks: model.checks,
    partitionBy: model.partitionBy,
    sortBy: model.sortBy,
    partitionsFrom: model.partitionsFrom,
    merge: model.merge ?? null,
  });
}

/** A syntax tree without places in the text, its names in lower case as Athena compares them. */
function canonical(value: unknown, property?: string): unknown {
  // Of literals the letters count; in other nodes `value` holds a node, never a text.
  if (typeof value === 'string') return property === 'value' ? value : value.toLowerCase();
  if (Array.isArray(value)) return value.map((item) => canonical(item, property));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => key !== 'at' && key !== 'nameAt');
  return Object.fromEntries(members.map(([key, member]) => [key, canonical(member, key)]));
}
