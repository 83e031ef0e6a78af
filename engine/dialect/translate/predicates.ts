import type { Expression, Query } from '../ast.ts';
import { formsOf } from '../functions/index.ts';
import { ANY, BOOLEAN, commonType, isNested, isOpen, isText, type SqlType, typeName } from '../types.ts';
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
  const type = comparisonType(left.type, right.type);
  const [a, b] = [left, right].map((side) => (type === undefined ? side.sql : context.target.coerced(side, type)));
  return { sql: `(${a} ${operator} ${b})`, type: BOOLEAN };
}

/** What is nested is compared as the same type; engines compare plain values of different types alike. */
function comparisonType(a: SqlType, b: SqlType): SqlType | undefined {
  return isNested(a) && isNested(b) ? commonType(a, b) : undefined;
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
  const escapedBy = node.escape && translateExpression(node.escape, scope, context).sql;
  return { sql: context.target.like(value.sql, pattern, escapedBy, node.negated), type: BOOLEAN };
}

export function subquery(
  node: NodeOf<'in_query'> | NodeOf<'exists'> | NodeOf<'subquery'> | NodeOf<'quantified'>,
  scope: Scope,
  context: Context,
): Operand {
  const { target, filtering } = context;
  const query = translateQuery(node.query, context, scope);
  if (node.kind === 'exists') {
    return { sql: target.exists(query.sql), type: BOOLEAN };
  }
  if (node.kind === 'subquery') {
    return scalar(query, mayHaveManyRows(node.query) && dependsOn(query.sql, scope, context), context);
  }
  const left = node.kind === 'quantified' ? node.left : node.value;
  const value = translateExpression(left, scope, context);
  checkMembership(value, query, node.at, context);
  const sql =
    node.kind === 'quantified'
      ? target.quantified({ ...node, value: value.sql, query: query.sql }, context)
      : target.isIn({ ...node, values: columnsOf(left, value, scope, context), query: query.sql, filtering }, context);
  return { sql, type: BOOLEAN };
}

/** The values of a row that is compared with several columns. */
function columnsOf(node: Expression, value: Operand, scope: Scope, context: Context): readonly string[] {
  if (node.kind === 'row') {
    return node.values.map((part) => translateExpression(part, scope, context).sql);
  }
  const fields = value.type.kind === 'row' ? value.type.fields : [];
  return fields.length === 0
    ? [value.sql]
    : fields.map(({ name }, index) => context.target.field(value.sql, name, index));
}

/** Whether the query is something else than one aggregate over all its rows. */
function mayHaveManyRows({ body }: Query): boolean {
  return body.kind !== 'select' || body.groupBy.length > 0 || !body.items.some(hasAggregate);
}

function hasAggregate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) {
    return false;
  }
  const isCall = 'kind' in node && node.kind === 'call' && 'name' in node && typeof node.name === 'string';
  if (isCall && !('over' in node) && formsOf(String(node.name)).some(({ kind }) => kind === 'aggregate')) {
    return true;
  }
  return !('kind' in node && node.kind === 'subquery') && Object.values(node).some(hasAggregate);
}

/** Whether a text names a relation of the outer query; their names are unique. */
function dependsOn(sql: string, scope: Scope, context: Context): boolean {
  const named = scope.relations.some(({ alias }) => alias !== '' && sql.includes(`${context.target.quoted(alias)}.`));
  return named || (scope.parent !== undefined && dependsOn(sql, scope.parent, context));
}

/** A subquery of several columns is a row. */
function scalar({ sql, columns, open }: TranslatedQuery, isManyOf: boolean, context: Context): Operand {
  const [only, ...others] = columns;
  if (open || only === undefined || others.length === 0) {
    return { sql: context.target.scalar(sql, isManyOf, context), type: only?.type ?? ANY };
  }
  const names = columns.map((_, index) => context.target.quoted(`c${index}`));
  const alias = context.target.quoted(context.unique('subquery'));
  const type: SqlType = { kind: 'row', fields: columns.map((column) => ({ type: column.type })) };
  return { sql: `(select ${context.target.row(names)} from (${sql}) as ${alias}(${names.join(', ')}))`, type };
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
