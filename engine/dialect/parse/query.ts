import type {
  CommonTable,
  Expression,
  GroupingElement,
  Name,
  Query,
  QueryBody,
  Select,
  SelectItem,
  Window,
} from '../ast.ts';
import { parseWindow } from './call.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, startsQuery } from './expression.ts';
import { parseSortItem } from './primary.ts';
import { parseRelation, parseTableName } from './relation.ts';

/** `[with …] select … [order by …] [offset …] [limit …]`, without a closing semicolon. */
export function parseQuery(cursor: Cursor): Query {
  const { at } = cursor.peek();
  const recursive = cursor.at('WITH') && cursor.peek(1).value === 'RECURSIVE';
  const commonTables = cursor.accept('WITH') ? withClause(cursor) : [];
  const body = union(cursor);
  const orderBy = cursor.accept('ORDER', 'BY') ? cursor.list(() => parseSortItem(cursor)) : [];
  const offset = offsetClause(cursor);
  const limit = limitClause(cursor);
  return { recursive, with: commonTables, body, orderBy, ...(offset && { offset }), ...(limit && { limit }), at };
}

function withClause(cursor: Cursor): readonly CommonTable[] {
  cursor.accept('RECURSIVE');
  return cursor.list(() => {
    const name = cursor.name();
    const columns = cursor.at('(') ? cursor.parenthesised(() => cursor.name()) : [];
    cursor.expect('AS', '(');
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { name, columns, query };
  });
}

function union(cursor: Cursor): QueryBody {
  return setOperation(cursor, ['UNION', 'EXCEPT'], () => setOperation(cursor, ['INTERSECT'], () => term(cursor)));
}

function setOperation(
  cursor: Cursor,
  words: readonly ('UNION' | 'EXCEPT' | 'INTERSECT')[],
  operand: () => QueryBody,
): QueryBody {
  let left = operand();
  for (;;) {
    const { at } = cursor.peek();
    const word = cursor.acceptOneOf(...words);
    if (word === undefined) {
      return left;
    }
    const operator = word === 'UNION' ? 'union' : word === 'EXCEPT' ? 'except' : 'intersect';
    const distinct = cursor.acceptOneOf('ALL', 'DISTINCT') !== 'ALL';
    left = { kind: 'set', operator, distinct, left, right: operand(), at };
  }
}

function term(cursor: Cursor): QueryBody {
  const { at } = cursor.peek();
  if (cursor.accept('VALUES')) {
    return { kind: 'values', rows: cursor.list(() => parseExpression(cursor)), at };
  }
  if (cursor.accept('TABLE')) {
    return selectAll(parseTableName(cursor), at);
  }
  if (cursor.at('(') && startsQuery(cursor)) {
    cursor.expect('(');
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { kind: 'nested', query, at };
  }
  if (!cursor.at('SELECT')) {
    throw cursor.mismatch('<query>');
  }
  return select(cursor);
}

function selectAll(name: ReturnType<typeof parseTableName>, at: number): Select {
  const from = [{ kind: 'table', name, at: name.at } as const];
  return { kind: 'select', distinct: false, items: [{ kind: 'all', at }], from, groupBy: [], windows: [], at };
}

function select(cursor: Cursor): Select {
  const { at } = cursor.expect('SELECT');
  const distinct = cursor.acceptOneOf('ALL', 'DISTINCT') === 'DISTINCT';
  const items = cursor.list(() => selectItem(cursor));
  const from = cursor.accept('FROM') ? cursor.list(() => parseRelation(cursor)) : [];
  const where = condition(cursor, 'WHERE');
  const groupBy = groupByClause(cursor);
  const having = condition(cursor, 'HAVING');
  const windows = cursor.accept('WINDOW') ? cursor.list(() => namedWindow(cursor)) : [];
  return {
    kind: 'select',
    distinct,
    items,
    from,
    ...(where && { where }),
    groupBy,
    ...(having && { having }),
    windows,
    at,
  };
}

function condition(cursor: Cursor, word: string): Expression | undefined {
  return cursor.accept(word) ? parseExpression(cursor) : undefined;
}

function selectItem(cursor: Cursor): SelectItem {
  const { at } = cursor.peek();
  if (cursor.accept('*')) {
    return { kind: 'all', at };
  }
  if (isQualifiedStar(cursor)) {
    return { kind: 'all', of: qualifiedStar(cursor), at };
  }
  if (!canStartExpression(cursor)) {
    throw cursor.mismatch("'*', 'ALL', 'DISTINCT', <expression>");
  }
  const value = parseExpression(cursor);
  const alias = cursor.accept('AS') || cursor.isImplicitAlias() ? { alias: cursor.name() } : {};
  return { kind: 'expression', value, ...alias, at };
}

/** Whether `t.*` or `schema.t.*` comes next. */
function isQualifiedStar(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.isName(ahead) && cursor.peek(ahead + 1).value === '.') {
    ahead += 2;
  }
  return ahead > 0 && cursor.peek(ahead).value === '*';
}

function qualifiedStar(cursor: Cursor): Expression {
  const { text, at } = cursor.name();
  let of: Expression = { kind: 'name', name: text, at };
  cursor.expect('.');
  while (!cursor.accept('*')) {
    const field = cursor.name();
    of = { kind: 'field', base: of, name: field.text, nameAt: field.at, at };
    cursor.expect('.');
  }
  return of;
}

const EXPRESSION_WORDS = new Set(
  `NOT NULL TRUE FALSE CASE CAST EXISTS EXTRACT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP
   CURRENT_USER CURRENT_CATALOG CURRENT_SCHEMA TRIM LISTAGG NORMALIZE GROUPING`.split(/\s+/),
);

function canStartExpression(cursor: Cursor): boolean {
  const { kind, value } = cursor.peek();
  switch (kind) {
    case 'end':
      return false;
    case 'operator':
      return ['(', '-', '+', '?'].includes(value);
    case 'word':
      return cursor.isName() || EXPRESSION_WORDS.has(value);
    default:
      return true;
  }
}

function groupByClause(cursor: Cursor): readonly GroupingElement[] {
  if (!cursor.accept('GROUP', 'BY')) {
    return [];
  }
  cursor.acceptOneOf('ALL', 'DISTINCT');
  return cursor.list(() => groupingElement(cursor));
}

function groupingElement(cursor: Cursor): GroupingElement {
  const expressions = () =>
    cursor.at('(') ? cursor.parenthesised(() => parseExpression(cursor)) : [parseExpression(cursor)];
  if (cursor.accept('GROUPING', 'SETS')) {
    return { kind: 'sets', sets: cursor.parenthesised(expressions) };
  }
  const word = cursor.acceptOneOf('ROLLUP', 'CUBE');
  if (word !== undefined) {
    return { kind: word === 'CUBE' ? 'cube' : 'rollup', sets: cursor.parenthesised(expressions) };
  }
  if (cursor.at('(', ')')) {
    cursor.expect('(', ')');
    return { kind: 'sets', sets: [[]] };
  }
  return { kind: 'simple', value: parseExpression(cursor) };
}

function namedWindow(cursor: Cursor): { name: Name; window: Window } {
  const name = cursor.name();
  cursor.expect('AS');
  return { name, window: parseWindow(cursor) };
}

function offsetClause(cursor: Cursor): Expression | undefined {
  if (!cursor.accept('OFFSET')) {
    return undefined;
  }
  const count = rowCount(cursor);
  cursor.acceptOneOf('ROW', 'ROWS');
  return count;
}

function limitClause(cursor: Cursor): Expression | undefined {
  if (cursor.accept('LIMIT')) {
    return cursor.accept('ALL') ? undefined : rowCount(cursor);
  }
  if (!cursor.accept('FETCH')) {
    return undefined;
  }
  cursor.acceptOneOf('FIRST', 'NEXT');
  const { at } = cursor.peek();
  const count: Expression =
    cursor.at('ROW') || cursor.at('ROWS') ? { kind: 'literal', type: 'number', value: '1', at } : rowCount(cursor);
  cursor.acceptOneOf('ROW', 'ROWS');
  cursor.expect('ONLY');
  return count;
}

function rowCount(cursor: Cursor): Expression {
  const { kind, at, value } = cursor.peek();
  if (cursor.accept('?')) {
    return { kind: 'parameter', index: cursor.parameter(), at };
  }
  if (kind !== 'number') {
    throw cursor.mismatch("'ALL', <integer>");
  }
  cursor.take();
  return { kind: 'literal', type: 'number', value, at };
}
