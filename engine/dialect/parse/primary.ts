import type { Expression, IntervalUnit, SortItem } from '../ast.ts';
import { parseCall, parseSpecialCall } from './call.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, startsQuery } from './expression.ts';
import { parseQuery } from './query.ts';
import { parseType } from './type.ts';

const TYPED_LITERALS = new Set(
  'DATE TIME TIMESTAMP DECIMAL DOUBLE REAL BIGINT INTEGER INT SMALLINT TINYINT VARCHAR CHAR BOOLEAN JSON'.split(' '),
);
const INTERVAL_UNITS: readonly IntervalUnit[] = ['second', 'minute', 'hour', 'day', 'month', 'year'];

/** A primary expression with its subscripts and fields: `m['a'].b[1]`. */
export function parsePrimary(cursor: Cursor): Expression {
  let value = lambda(cursor) ?? primary(cursor);
  for (;;) {
    const { at } = cursor.peek();
    if (cursor.accept('[')) {
      value = { kind: 'subscript', base: value, index: parseExpression(cursor), at: value.at };
      cursor.expect(']');
    } else if (cursor.at('.') && cursor.isName(1)) {
      cursor.take();
      const { text, at: nameAt } = cursor.name();
      value = { kind: 'field', base: value, name: text, nameAt, at: value.at };
    } else if (cursor.accept('.')) {
      throw cursor.error(`mismatched input '${cursor.peek().text}'. Expecting: <identifier>`, at + 1);
    } else {
      return value;
    }
  }
}

function primary(cursor: Cursor): Expression {
  const token = cursor.peek();
  const { at, kind, value } = token;
  switch (kind) {
    case 'number':
      cursor.take();
      return { kind: 'literal', type: 'number', value, at };
    case 'string':
      cursor.take();
      return { kind: 'literal', type: 'string', value, at };
    case 'binary':
      cursor.take();
      return { kind: 'literal', type: 'binary', value, at };
    case 'operator':
      return symbol(cursor);
    case 'word':
      return word(cursor) ?? nameOrCall(cursor);
    default:
      return nameOrCall(cursor);
  }
}

function symbol(cursor: Cursor): Expression {
  const { at } = cursor.peek();
  if (cursor.accept('?')) {
    return { kind: 'parameter', index: cursor.parameter(), at };
  }
  if (!cursor.at('(')) {
    throw cursor.mismatch('<expression>');
  }
  if (startsQuery(cursor)) {
    cursor.expect('(');
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { kind: 'subquery', query, at };
  }
  cursor.expect('(');
  const values = cursor.list(() => parseExpression(cursor));
  cursor.expect(')');
  const [only] = values;
  return only !== undefined && values.length === 1 ? only : { kind: 'row', values, at };
}

/** `x -> …` and `(x, y) -> …`. */
function lambda(cursor: Cursor): Expression | undefined {
  if (!isLambda(cursor)) {
    return undefined;
  }
  const { at } = cursor.peek();
  const names = cursor.at('(') ? cursor.parenthesised(() => cursor.name()) : [cursor.name()];
  cursor.expect('->');
  return { kind: 'lambda', parameters: names.map(({ text }) => text), body: parseExpression(cursor), at };
}

function isLambda(cursor: Cursor): boolean {
  if (!cursor.at('(')) {
    return cursor.isName() && cursor.peek(1).value === '->';
  }
  let ahead = 1;
  while (cursor.isName(ahead) && cursor.peek(ahead + 1).value === ',') {
    ahead += 2;
  }
  const close = cursor.isName(ahead) ? ahead + 1 : ahead;
  return cursor.peek(close).value === ')' && cursor.peek(close + 1).value === '->';
}

/** Expressions that begin with a keyword. */
function word(cursor: Cursor): Expression | undefined {
  const { at, value } = cursor.peek();
  const following = cursor.peek(1);
  switch (value) {
    case 'NULL':
      cursor.take();
      return { kind: 'literal', type: 'null', value: 'null', at };
    case 'TRUE':
    case 'FALSE':
      cursor.take();
      return { kind: 'literal', type: 'boolean', value: value.toLowerCase(), at };
    case 'CASE':
      return caseExpression(cursor);
    case 'CAST':
    case 'TRY_CAST':
      return following.value === '(' ? cast(cursor) : undefined;
    case 'EXISTS':
      return exists(cursor);
    case 'EXTRACT':
      return extract(cursor);
    case 'INTERVAL':
      return following.kind === 'string' || following.value === '-' || following.value === '+'
        ? interval(cursor)
        : undefined;
    case 'ARRAY':
      return following.value === '[' ? array(cursor) : undefined;
    case 'ROW':
      return following.value === '(' ? row(cursor) : undefined;
    case 'CURRENT_DATE':
    case 'CURRENT_TIME':
    case 'CURRENT_TIMESTAMP':
    case 'LOCALTIME':
    case 'LOCALTIMESTAMP':
    case 'CURRENT_USER':
    case 'CURRENT_CATALOG':
    case 'CURRENT_SCHEMA':
      return current(cursor);
    default:
      return TYPED_LITERALS.has(value) && following.kind === 'string' ? typedLiteral(cursor) : parseSpecialCall(cursor);
  }
}

function nameOrCall(cursor: Cursor): Expression {
  if (!cursor.isName() && !cursor.at('GROUPING', '(')) {
    throw cursor.mismatch('<expression>');
  }
  if (cursor.peek(1).value === '(' && cursor.peek(1).kind === 'operator') {
    return parseCall(cursor);
  }
  const { text, at } = cursor.name();
  return { kind: 'name', name: text, at };
}

function typedLiteral(cursor: Cursor): Expression {
  const { value: type, at } = cursor.take();
  return { kind: 'typed_literal', type: type.toLowerCase(), value: cursor.take().value, at };
}

function caseExpression(cursor: Cursor): Expression {
  const { at } = cursor.expect('CASE');
  const operand = cursor.at('WHEN') ? {} : { operand: parseExpression(cursor) };
  const whens: { condition: Expression; result: Expression }[] = [];
  do {
    cursor.expect('WHEN');
    const condition = parseExpression(cursor);
    cursor.expect('THEN');
    whens.push({ condition, result: parseExpression(cursor) });
  } while (cursor.at('WHEN'));
  const otherwise = cursor.accept('ELSE') ? { otherwise: parseExpression(cursor) } : {};
  cursor.expect('END');
  return { kind: 'case', ...operand, whens, ...otherwise, at };
}

function cast(cursor: Cursor): Expression {
  const { at, value: word } = cursor.take();
  cursor.expect('(');
  const value = parseExpression(cursor);
  cursor.expect('AS');
  const type = parseType(cursor);
  cursor.expect(')');
  return { kind: 'cast', value, type, safe: word === 'TRY_CAST', at };
}

function exists(cursor: Cursor): Expression {
  const { at } = cursor.expect('EXISTS');
  cursor.expect('(');
  const query = parseQuery(cursor);
  cursor.expect(')');
  return { kind: 'exists', query, at };
}

function extract(cursor: Cursor): Expression {
  const { at } = cursor.expect('EXTRACT');
  cursor.expect('(');
  const field = cursor.name().text.toLowerCase();
  cursor.expect('FROM');
  const value = parseExpression(cursor);
  cursor.expect(')');
  return { kind: 'extract', field, value, at };
}

function interval(cursor: Cursor): Expression {
  const { at } = cursor.expect('INTERVAL');
  const negative = cursor.acceptOneOf('-', '+') === '-';
  const value = cursor.take().value;
  const from = intervalUnit(cursor);
  const to = cursor.accept('TO') ? { to: intervalUnit(cursor) } : {};
  return { kind: 'interval', value, negative, from, ...to, at };
}

function intervalUnit(cursor: Cursor): IntervalUnit {
  const unit = INTERVAL_UNITS.find((name) => cursor.accept(name.toUpperCase()));
  if (unit === undefined) {
    throw cursor.mismatch("'DAY', 'HOUR', 'MINUTE', 'MONTH', 'SECOND', 'YEAR'");
  }
  return unit;
}

function array(cursor: Cursor): Expression {
  const { at } = cursor.expect('ARRAY');
  cursor.expect('[');
  const elements = cursor.at(']') ? [] : cursor.list(() => parseExpression(cursor));
  cursor.expect(']');
  return { kind: 'array', elements, at };
}

function row(cursor: Cursor): Expression {
  const { at } = cursor.expect('ROW');
  return { kind: 'row', values: cursor.parenthesised(() => parseExpression(cursor)), at };
}

const CURRENT = {
  CURRENT_DATE: 'date',
  CURRENT_TIME: 'time',
  CURRENT_TIMESTAMP: 'timestamp',
  LOCALTIME: 'localtime',
  LOCALTIMESTAMP: 'localtimestamp',
  CURRENT_USER: 'user',
  CURRENT_CATALOG: 'catalog',
  CURRENT_SCHEMA: 'schema',
} as const;

function current(cursor: Cursor): Expression {
  const { value, at } = cursor.take();
  const what = Object.entries(CURRENT).find(([word]) => word === value)?.[1] ?? 'date';
  const [precision] = cursor.at('(') ? cursor.parenthesised(() => Number(cursor.take().value)) : [];
  return { kind: 'current', what, ...(precision === undefined ? {} : { precision }), at };
}

/** `a desc nulls first`; Trino puts nulls last whatever the direction. */
export function parseSortItem(cursor: Cursor): SortItem {
  const value = parseExpression(cursor);
  const descending = cursor.acceptOneOf('ASC', 'DESC') === 'DESC';
  const nullsFirst = cursor.accept('NULLS') && cursor.acceptOneOf('FIRST', 'LAST') === 'FIRST';
  return { value, descending, nullsFirst };
}
