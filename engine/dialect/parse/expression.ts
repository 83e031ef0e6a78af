import type { ArithmeticOperator, ComparisonOperator, Expression } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { parsePrimary } from './primary.ts';
import { parseQuery } from './query.ts';

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** An expression of any kind; binds, loosest first: or, and, not, predicates, ||, + -, * / %, signs, at time zone. */
export function parseExpression(cursor: Cursor): Expression {
  return logical(cursor, 'or', () => logical(cursor, 'and', () => negation(cursor)));
}

function logical(cursor: Cursor, operator: 'and' | 'or', term: () => Expression): Expression {
  const first = term();
  const terms = [first];
  while (cursor.accept(operator.toUpperCase())) {
    terms.push(term());
  }
  return terms.length === 1 ? first : { kind: 'logical', operator, terms, at: first.at };
}

function negation(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  return cursor.accept('NOT') ? { kind: 'not', value: negation(cursor), at } : predicate(cursor);
}

function predicate(cursor: Cursor): Expression {
  let value = parseValue(cursor);
  for (let next = suffix(cursor, value); next !== undefined; next = suffix(cursor, value)) {
    value = next;
  }
  return value;
}

/** One predicate after a value: comparison, IS, BETWEEN, IN, LIKE. */
function suffix(cursor: Cursor, value: Expression): Expression | undefined {
  const { at, text } = cursor.peek();
  const operator = cursor.peek().kind === 'operator' ? COMPARISONS[text] : undefined;
  if (operator !== undefined) {
    cursor.take();
    return comparison(cursor, operator, value, at);
  }
  if (cursor.accept('IS')) {
    const negated = cursor.accept('NOT');
    if (cursor.accept('NULL')) {
      return { kind: 'is_null', value, negated, at: value.at };
    }
    cursor.expect('DISTINCT', 'FROM');
    return { kind: 'distinct_from', left: value, right: parseValue(cursor), negated, at };
  }
  const negated = ['BETWEEN', 'IN', 'LIKE'].some((word) => cursor.at('NOT', word)) && cursor.accept('NOT');
  if (cursor.accept('BETWEEN')) {
    const low = parseValue(cursor);
    cursor.expect('AND');
    return { kind: 'between', value, low, high: parseValue(cursor), negated, at };
  }
  if (cursor.accept('IN')) {
    return membership(cursor, value, negated, at);
  }
  if (cursor.accept('LIKE')) {
    const pattern = parseValue(cursor);
    const escaping = cursor.accept('ESCAPE') ? { escape: parseValue(cursor) } : {};
    return { kind: 'like', value, pattern, ...escaping, negated, at };
  }
  return undefined;
}

function comparison(cursor: Cursor, operator: ComparisonOperator, left: Expression, at: number): Expression {
  const quantifier = cursor.peek(1).value === '(' ? cursor.acceptOneOf('ANY', 'SOME', 'ALL') : undefined;
  if (quantifier === undefined) {
    return { kind: 'comparison', operator, left, right: parseValue(cursor), at };
  }
  cursor.expect('(');
  const query = parseQuery(cursor);
  cursor.expect(')');
  return { kind: 'quantified', operator, quantifier: quantifier === 'ALL' ? 'all' : 'any', left, query, at };
}

function membership(cursor: Cursor, value: Expression, negated: boolean, at: number): Expression {
  cursor.expect('(');
  if (startsQuery(cursor)) {
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { kind: 'in_query', value, query, negated, at };
  }
  const list = cursor.list(() => parseExpression(cursor));
  cursor.expect(')');
  return { kind: 'in_list', value, list, negated, at };
}

/** Whether a query, rather than an expression, comes next; an opening parenthesis may begin either. */
export function startsQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.peek(ahead).value === '(' && cursor.peek(ahead).kind === 'operator') {
    ahead += 1;
  }
  const token = cursor.peek(ahead);
  return token.kind === 'word' && ['SELECT', 'WITH', 'VALUES', 'TABLE'].includes(token.value);
}

/** An expression without predicates and logic, as both sides of a comparison are. */
export function parseValue(cursor: Cursor): Expression {
  let left = sum(cursor);
  for (let { at } = cursor.peek(); cursor.accept('||'); { at } = cursor.peek()) {
    left = { kind: 'concat', left, right: sum(cursor), at };
  }
  return left;
}

const sum = (cursor: Cursor): Expression => arithmetic(cursor, ['+', '-'], product);
const product = (cursor: Cursor): Expression => arithmetic(cursor, ['*', '/', '%'], signed);

function arithmetic(
  cursor: Cursor,
  operators: readonly ArithmeticOperator[],
  operand: (cursor: Cursor) => Expression,
): Expression {
  let left = operand(cursor);
  for (;;) {
    const { at } = cursor.peek();
    const operator = cursor.acceptOneOf(...operators);
    if (operator === undefined) {
      return left;
    }
    left = { kind: 'arithmetic', operator, left, right: operand(cursor), at };
  }
}

function signed(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  const sign = cursor.acceptOneOf('-', '+');
  if (sign !== undefined) {
    return { kind: 'sign', negative: sign === '-', value: signed(cursor), at };
  }
  let value = parsePrimary(cursor);
  while (cursor.accept('AT', 'TIME', 'ZONE')) {
    value = { kind: 'at_time_zone', value, zone: parsePrimary(cursor), at };
  }
  return value;
}
