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

/**
 * A syntax tree as text, without places, its names in lower case as Athena compares them. The parser gives all nodes of
 * a kind their properties in the same order.
 */
const canonical = (query: Query): string =>
  JSON.stringify(query, (key, part: unknown) => {
    if (key === 'at' || key === 'nameAt') return undefined;
    // Of literals the letters count; in other nodes `value` holds a node, never a text.
    return typeof part === 'string' && key !== 'value' ? part.toLowerCase() : part;
  });
