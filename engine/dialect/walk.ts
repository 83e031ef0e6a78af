import type { Call, Expression, GroupingElement, Query, QueryBody, Relation, Select, SortItem, Window } from './ast.ts';

/** What is called for each node, before whatever is below it. */
export interface Visitor {
  readonly expression?: (node: Expression) => void;
  readonly relation?: (node: Relation) => void;
  readonly select?: (node: Select) => void;
  readonly query?: (node: Query) => void;
}

/** The expressions directly below one, in the order of the text; a subquery is not among them: see `queryOf`. */
export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'typed_literal':
    case 'interval':
    case 'parameter':
    case 'name':
    case 'current':
    case 'exists':
    case 'subquery':
      return [];
    case 'field':
      return [node.base];
    case 'subscript':
      return [node.base, node.index];
    case 'call':
      return callOperands(node);
    case 'lambda':
      return [node.body];
    case 'cast':
    case 'sign':
    case 'not':
    case 'is_null':
    case 'extract':
    case 'in_query':
      return [node.value];
    case 'logical':
      return node.terms;
    case 'arithmetic':
    case 'concat':
    case 'comparison':
    case 'distinct_from':
      return [node.left, node.right];
    case 'quantified':
      return [node.left];
    case 'between':
      return [node.value, node.low, node.high];
    case 'in_list':
      return [node.value, ...node.list];
    case 'like':
      return [node.value, node.pattern, ...given(node.escape)];
    case 'case':
      return [
        ...given(node.operand),
        ...node.whens.flatMap(({ condition, result }) => [condition, result]),
        ...given(node.otherwise),
      ];
    case 'array':
      return node.elements;
    case 'row':
      return node.values;
    case 'at_time_zone':
      return [node.value, node.zone];
  }
}

/** The query that an expression consists of or compares with. */
export function queryOf(node: Expression): Query | undefined {
  switch (node.kind) {
    case 'exists':
    case 'subquery':
    case 'in_query':
    case 'quantified':
      return node.query;
    default:
      return undefined;
  }
}

const callOperands = ({ args, orderBy, filter, over }: Call): readonly Expression[] => [
  ...args,
  ...orderBy.map(sortValue),
  ...given(filter),
  ...(over === undefined ? [] : windowOperands(over)),
];

export const windowOperands = ({ partitionBy, orderBy, frame }: Window): readonly Expression[] => [
  ...partitionBy,
  ...orderBy.map(sortValue),
  ...given(frame?.start.value),
  ...given(frame?.end?.value),
];

export const groupingOperands = (element: GroupingElement): readonly Expression[] =>
  element.kind === 'simple' ? [element.value] : element.sets.flat();

const sortValue = ({ value }: SortItem): Expression => value;

/** A list of the node, if there is one. */
export const given = (node: Expression | undefined): readonly Expression[] => (node === undefined ? [] : [node]);

/** Visits a query and everything in it, in the order of the text. */
export function walkQuery(query: Query, visitor: Visitor): void {
  visitor.query?.(query);
  for (const table of query.with) walkQuery(table.query, visitor);
  walkBody(query.body, visitor);
  const last = [...query.orderBy.map(sortValue), ...given(query.offset), ...given(query.limit)];
  for (const node of last) walkExpression(node, visitor);
}

/** Visits an expression and everything in it, subqueries among it. */
export function walkExpression(node: Expression, visitor: Visitor): void {
  visitor.expression?.(node);
  for (const operand of operandsOf(node)) walkExpression(operand, visitor);
  const query = queryOf(node);
  if (query !== undefined) walkQuery(query, visitor);
}

function walkBody(body: QueryBody, visitor: Visitor): void {
  switch (body.kind) {
    case 'select':
      walkSelect(body, visitor);
      break;
    case 'values':
      for (const row of body.rows) walkExpression(row, visitor);
      break;
    case 'set':
      walkBody(body.left, visitor);
      walkBody(body.right, visitor);
      break;
    case 'nested':
      walkQuery(body.query, visitor);
      break;
  }
}

function walkSelect(select: Select, visitor: Visitor): void {
  visitor.select?.(select);
  for (const item of select.items) {
    if (item.kind === 'expression') walkExpression(item.value, visitor);
  }
  for (const relation of select.from) walkRelation(relation, visitor);
  const clauses = [
    ...given(select.where),
    ...select.groupBy.flatMap(groupingOperands),
    ...given(select.having),
    ...select.windows.flatMap(({ window }) => windowOperands(window)),
  ];
  for (const node of clauses) walkExpression(node, visitor);
}

function walkRelation(relation: Relation, visitor: Visitor): void {
  visitor.relation?.(relation);
  switch (relation.kind) {
    case 'table':
      if (relation.asOf !== undefined) walkExpression(relation.asOf.value, visitor);
      break;
    case 'query':
      walkQuery(relation.query, visitor);
      break;
    case 'unnest':
      for (const value of relation.values) walkExpression(value, visitor);
      break;
    case 'aliased':
      walkRelation(relation.relation, visitor);
      break;
    case 'sample':
      walkRelation(relation.relation, visitor);
      walkExpression(relation.percent, visitor);
      break;
    case 'join':
      walkRelation(relation.left, visitor);
      walkRelation(relation.right, visitor);
      if (relation.on !== undefined) walkExpression(relation.on, visitor);
      break;
  }
}
