import type { Query, TableRelation } from './ast.ts';

/** Every table that a query names, common tables of its own among them, in the order of the text. */
export function tablesIn(query: Query): readonly TableRelation[] {
  const found: TableRelation[] = [];
  visit(query, found);
  return found;
}

const NAME = /(?:"(?:[^"]|"")*"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\w$]+))*/y;

/** How many characters of a text the name takes that begins `at` there. */
export function nameLength(sql: string, at: number): number {
  NAME.lastIndex = at;
  return NAME.exec(sql)?.[0].length ?? 0;
}

function visit(node: unknown, found: TableRelation[]): void {
  if (typeof node !== 'object' || node === null) {
    return;
  }
  if (isTable(node)) {
    found.push(node);
  }
  for (const child of Object.values(node)) {
    visit(child, found);
  }
}

const isTable = (node: object): node is TableRelation => 'kind' in node && node.kind === 'table' && 'name' in node;
