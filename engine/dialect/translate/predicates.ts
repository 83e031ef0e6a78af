import type { Expression } from '../ast.ts';
import { ANY, BOOLEAN, isOpen, isText, quoted, type SqlType, typeName } from '../types.ts';
import { commonTypeOf } from './common-type.ts';
import type { Context, TranslatedQuery } from './context.ts';
import { translateExpression } from './expressions.ts';
import { comparable } from './operators.ts';
import { translateQuery } from './queries.ts';
import type { Operand, Scope } from './scope.ts';

type NodeOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** Trino implements these by others, and names those. */
const REPORTED_OPERATORS: Readonly<Record<string, string>> = { '>': '<', '>=': '<=', '<>': '=' };

export function compared(operator: string, left: Operand, right: Operand, at: number, context: Context): Operand {
  if (!comparable(left.type, right.type)) {
    const named = REPORTED_OPERATORS[operator] ?? operator;
    const detail = `Cannot apply operator: ${typeName(left.type)} ${named} ${typeName(right.type)}`;
    throw context.fail('TYPE_MISMATCH', detail, at);
  }
  return { sql: `(${left.sql} ${operator} ${right.sql})`, type: BOOLEAN };
}

export function between(node: NodeOf<'between'>, scope: Scope, context: Context): Operand {
  const value = translateExpression(node.value, scope, context);
  const low = translateExpression(node.low, scope, context);
  const high = translateExpression(node.high, scope, context);
  for (const bound of [low, high]) {
    if (!comparable(value.type, bound.type)) {
      const detail = `Cannot check if ${typeName(value.type)} is BETWEEN ${typeName(low.type)} and ${typeName(high.type)}`;
      throw context.fail('TYPE_MISMATCH', detail, node.at);
    }
  }
  const not = node.negated ? 'not ' : '';
  return { sql: `(${value.sql} ${not}between ${low.sql} and ${high.sql})`, type: BOOLEAN };
}

export function inList(node: NodeOf<'in_list'>, scope: Scope, context: Context): Operand {
  const value = translateExpression(node.value, scope, context);
  const list = node.list.map((item) => ({ ...translateExpression(item, scope, context), at: item.at }));
  commonTypeOf([{ ...value, at: node.value.at }, ...list], 'IN value and list items', context);
  const not = node.negated ? 'not ' : '';
  return { sql: `(${value.sql} ${not}in (${list.map(({ sql }) => sql).join(', ')}))`, type: BOOLEAN };
}

export function likePattern(node: NodeOf<'like'>, scope: Scope, context: Context): Operand {
  const value = translateExpression(node.value, scope, context);
  if (!isText(value.type) && !isOpen(value.type)) {
    const detail = `Left side of LIKE expression must evaluate to a varchar (actual: ${typeName(value.type)})`;
    throw context.fail('TYPE_MISMATCH', detail, node.value.at);
  }
  const pattern = translateExpression(node.pattern, scope, context).sql;
  const escaping = node.escape === undefined ? '' : ` escape ${translateExpression(node.escape, scope, context).sql}`;
  return { sql: `(${value.sql} ${node.negated ? 'not ' : ''}like ${pattern}${escaping})`, type: BOOLEAN };
}

export function subquery(
  node: NodeOf<'in_query'> | NodeOf<'exists'> | NodeOf<'subquery'> | NodeOf<'quantified'>,
  scope: Scope,
  context: Context,
): Operand {
  const query = translateQuery(node.query, context, scope);
  if (node.kind === 'exists') {
    return { sql: `exists (${query.sql})`, type: BOOLEAN };
  }
  if (node.kind === 'subquery') {
    return scalar(query, context);
  }
  const value = translateExpression(node.kind === 'quantified' ? node.left : node.value, scope, context);
  checkMembership(value, query, node.at, context);
  const operator =
    node.kind === 'quantified' ? `${node.operator} ${node.quantifier}` : `${node.negated ? 'not ' : ''}in`;
  return { sql: `(${value.sql} ${operator} (${query.sql}))`, type: BOOLEAN };
}

/** A subquery of several columns is a row. */
function scalar({ sql, columns, open }: TranslatedQuery, context: Context): Operand {
  const [only, ...others] = columns;
  if (open || only === undefined || others.length === 0) {
    return { sql: `(${sql})`, type: only?.type ?? ANY };
  }
  const names = columns.map((_, index) => quoted(`c${index}`)).join(', ');
  const alias = quoted(context.unique('subquery'));
  const type: SqlType = { kind: 'row', fields: columns.map((column) => ({ type: column.type })) };
  return { sql: `(select row(${names}) from (${sql}) as ${alias}(${names}))`, type };
}

/** `in (select …)` compares like with like. */
function checkMembership(value: Operand, { columns, open }: TranslatedQuery, at: number, context: Context): void {
  const result: SqlType = { kind: 'row', fields: columns.map(({ type }) => ({ type })) };
  const compared: SqlType = value.type.kind === 'row' ? value.type : { kind: 'row', fields: [{ type: value.type }] };
  if (!open && !isOpen(value.type) && !comparable(compared, result)) {
    const pair = `${typeName(compared)} vs ${typeName(result)}`;
    const detail = `Value expression and result of subquery must be of the same type: ${pair}`;
    throw context.fail('TYPE_MISMATCH', detail, at);
  }
}
