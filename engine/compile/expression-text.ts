import type { Expression } from '../dialect/ast.ts';
import { walkExpression } from '../dialect/walk.ts';

/** The column of a SELECT's own FROM that a name means, as `columnId` gives it; undefined for whatever else a node is. */
export type ColumnOf = (node: Expression) => string | undefined;

/** A column of FROM: its relation's position there and its own position in the relation. */
export const columnId = (relation: number, position: number): string => `${relation}.${position}`;

/** A text that is the same for expressions that mean the same, wherever they stand and however they are written. */
export function textOf(value: Expression, columnOf: ColumnOf): string {
  const column = columnOf(value);
  if (column !== undefined) return column;
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'at' || key === 'nameAt') return undefined;
    return isName(part) ? (columnOf(part) ?? part) : part;
  });
}

/** The columns of FROM that an expression mentions; undefined where it holds a subquery, which may use others. */
export function columnsIn(value: Expression, columnOf: ColumnOf): readonly string[] | undefined {
  const columns: string[] = [];
  let isWhole = true;
  walkExpression(value, {
    expression: (node) => columns.push(...[columnOf(node) ?? []].flat()),
    query: () => {
      isWhole = false;
    },
  });
  return isWhole ? columns : undefined;
}

/** The terms of a condition that all hold for whatever passes it. */
export function conjuncts(condition: Expression | undefined): readonly Expression[] {
  if (condition === undefined) return [];
  return condition.kind === 'logical' && condition.operator === 'and'
    ? condition.terms.flatMap(conjuncts)
    : [condition];
}

const isName = (part: unknown): part is Extract<Expression, { kind: 'name' | 'field' }> =>
  typeof part === 'object' && part !== null && 'kind' in part && (part.kind === 'name' || part.kind === 'field');
