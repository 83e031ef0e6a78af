import type { Query, TableRelation } from './ast.ts';
import { walkQuery } from './walk.ts';

/** Every table that a query names, common tables of its own among them, in the order of the text. */
export function tablesIn(query: Query): readonly TableRelation[] {
  const found: TableRelation[] = [];
  walkQuery(query, {
    relation: (node) => {
      if (node.kind === 'table') found.push(node);
    },
  });
  return found;
}
