import type { Expression, Name } from '../dialect/ast.ts';
import { columnId } from './expression-text.ts';
import type { Reference } from './name-errors.ts';
import { knowsRelation, type Lookup, lookUp, type Scope } from './scope.ts';

/** `column`, `table.column` or `database.table.column`, with fields of a row after any; undefined for other nodes. */
export function referenceOf(node: Expression): Reference | undefined {
  const [first, second] = pathOf(node);
  if (first === undefined) return undefined;
  return second === undefined ? { name: first } : { qualifier: first, name: second };
}

function pathOf(node: Expression): readonly Name[] {
  if (node.kind === 'name') return [{ text: node.name.toLowerCase(), at: node.at }];
  if (node.kind !== 'field') return [];
  const base = pathOf(node.base);
  return base.length === 0 ? [] : [...base, { text: node.name.toLowerCase(), at: node.nameAt }];
}

export function meaningOf({ name, qualifier }: Reference, scope: Scope): Lookup {
  if (qualifier === undefined) return lookUp(scope, name.text, undefined);
  if (knowsRelation(scope, qualifier.text)) return lookUp(scope, name.text, qualifier.text);
  // `a.b` may also be field b of a row column a.
  return lookUp(scope, qualifier.text, undefined);
}

/** The column of a scope's own relations that a name means, if it means one and not a field of one. */
export function ownColumn(node: Expression, scope: Scope, own: Scope): string | undefined {
  const [first, second, third] = pathOf(node);
  const isWhole = second === undefined || (third === undefined && knowsRelation(scope, first?.text ?? ''));
  const reference = isWhole ? referenceOf(node) : undefined;
  const match = reference && meaningOf(reference, scope);
  return match?.found === 'column' && match.scope === own ? columnId(match.relation, match.position) : undefined;
}

/** The literals that are all an expression can be: itself, or those of the column it names. */
export function valuesOf(value: Expression, scope: Scope): readonly string[] | undefined {
  if (value.kind === 'literal') return [value.value];
  const reference = referenceOf(value);
  const match = reference && meaningOf(reference, scope);
  return match?.found === 'column' ? match.column.values : undefined;
}

/** A column that USING merges: its first on the left and on the right. */
export function sharedColumn(
  name: string,
  { relations }: Scope,
  first: number,
): readonly (readonly [string, string])[] {
  const ids = relations.flatMap(({ columns }, relation) => {
    const position = columns.findIndex((column) => column.name === name);
    return position < 0 ? [] : [{ relation, id: columnId(relation, position) }];
  });
  const [left, right] = [ids.find(({ relation }) => relation < first), ids.find(({ relation }) => relation >= first)];
  return left === undefined || right === undefined ? [] : [[left.id, right.id]];
}
