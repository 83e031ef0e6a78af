import type { Expression } from '../ast.ts';
import { type Place, placeOf } from '../errors.ts';
import { ANY, fieldName, isOpen, typeName } from '../types.ts';
import type { Context } from './context.ts';
import { translateExpression } from './expressions.ts';
import { columnOf, type Operand, type Scope, same } from './scope.ts';

type NameNode = Extract<Expression, { kind: 'name' | 'field' }>;

/** `column`, `table.column`, `schema.table.column`, and fields of rows after any of these. */
export function translateName(node: NameNode, scope: Scope, context: Context): Operand {
  const path = pathOf(node);
  if (path === undefined) {
    return node.kind === 'field'
      ? fieldOf(translateExpression(node.base, scope, context), node.name, node, context)
      : unresolved(node, context);
  }
  const place = (): Place => placeOf(context.text, node.at);
  // The longest qualifier wins: in `a.b.c`, a table `a.b` is preferred to a table `a` with a row `b`.
  for (let length = Math.min(path.length - 1, 3); length > 0; length -= 1) {
    const relation = scope.relation(path.slice(0, length));
    const [name = '', ...fields] = path.slice(length);
    const column = relation && columnOf(relation, name, place);
    if (column !== undefined) {
      return fields.reduce((base, field) => fieldOf(base, field, node, context), column);
    }
  }
  const [name = '', ...fields] = path;
  const column = scope.column(name, place);
  if (column === undefined) {
    throw context.fail('COLUMN_NOT_FOUND', `Column '${path.join('.')}' cannot be resolved`, node.at);
  }
  return fields.reduce((base, field) => fieldOf(base, field, node, context), column);
}

/** The names of `a.b.c`, or undefined where the base is no name. */
export function pathOf(node: Expression): readonly string[] | undefined {
  if (node.kind === 'name') {
    return [node.name];
  }
  const base = node.kind === 'field' ? pathOf(node.base) : undefined;
  return base !== undefined && node.kind === 'field' ? [...base, node.name] : undefined;
}

function fieldOf(base: Operand, name: string, node: NameNode, context: Context): Operand {
  const { type } = base;
  if (isOpen(type)) {
    return { sql: context.target.field(base.sql, name, -1), type: ANY };
  }
  if (type.kind !== 'row') {
    throw context.fail('TYPE_MISMATCH', `Expression of type ${typeName(type)} has no field '${name}'`, node.at);
  }
  const index = type.fields.findIndex((field, position) => same(fieldName(field, position), name));
  const field = type.fields[index];
  if (field === undefined) {
    throw context.fail('COLUMN_NOT_FOUND', `Column '${name}' cannot be resolved`, node.at);
  }
  return { sql: context.target.field(base.sql, field.name, index), type: field.type };
}

function unresolved(node: NameNode, context: Context): never {
  throw context.fail('COLUMN_NOT_FOUND', `Column '${node.name}' cannot be resolved`, node.at);
}
