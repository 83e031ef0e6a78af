import type { Call, Expression, FrameBound, SortItem, Window } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseValue } from './expression.ts';
import { parseSortItem } from './primary.ts';

/** `name([distinct] a, b [order by c]) [within group (order by d)] [filter (where e)] [ignore nulls] [over (…)]`. */
export function parseCall(cursor: Cursor): Call {
  const { at, value } = cursor.take();
  const name = value.toLowerCase();
  cursor.expect('(');
  const star = cursor.accept('*');
  const distinct = cursor.accept('DISTINCT');
  if (!distinct) {
    cursor.accept('ALL');
  }
  const empty = star || cursor.at(')') || cursor.at('ORDER', 'BY');
  const args = empty ? [] : cursor.list(() => parseExpression(cursor));
  if (name === 'listagg' && cursor.accept('ON', 'OVERFLOW')) {
    cursor.expect('ERROR');
  }
  const orderBy = orderByClause(cursor);
  cursor.expect(')');
  return withModifiers(cursor, { kind: 'call', name, args, star, distinct, orderBy, ignoreNulls: false, at });
}

/** Calls whose arguments are not a plain list: `trim(leading 'x' from y)`, `position(a in b)`, LISTAGG, NORMALIZE. */
export function parseSpecialCall(cursor: Cursor): Expression | undefined {
  if (cursor.at('TRIM', '(')) {
    return trim(cursor);
  }
  if (cursor.at('LISTAGG', '(')) {
    return parseCall(cursor);
  }
  if (cursor.at('NORMALIZE', '(')) {
    return normalize(cursor);
  }
  if (cursor.at('POSITION', '(')) {
    return position(cursor);
  }
  if (cursor.at('SUBSTRING', '(')) {
    return substring(cursor);
  }
  return undefined;
}

function call(name: string, args: readonly Expression[], at: number): Call {
  return { kind: 'call', name, args, star: false, distinct: false, orderBy: [], ignoreNulls: false, at };
}

function trim(cursor: Cursor): Expression {
  const { at } = cursor.take();
  cursor.expect('(');
  const side = cursor.acceptOneOf('LEADING', 'TRAILING', 'BOTH');
  const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
  if (side !== undefined && cursor.accept('FROM')) {
    const value = parseExpression(cursor);
    cursor.expect(')');
    return call(name, [value], at);
  }
  const first = parseExpression(cursor);
  const args = cursor.accept('FROM')
    ? [parseExpression(cursor), first]
    : cursor.accept(',')
      ? [first, parseExpression(cursor)]
      : [first];
  cursor.expect(')');
  return call(name, args, at);
}

/** The other normal forms have no translation. */
function normalize(cursor: Cursor): Expression {
  const { at } = cursor.take();
  cursor.expect('(');
  const value = parseExpression(cursor);
  if (cursor.accept(',')) {
    cursor.expect('NFC');
  }
  cursor.expect(')');
  return call('normalize', [value], at);
}

function position(cursor: Cursor): Expression {
  const { at } = cursor.take();
  cursor.expect('(');
  const part = parseValue(cursor);
  cursor.expect('IN');
  const whole = parseValue(cursor);
  cursor.expect(')');
  return call('strpos', [whole, part], at);
}

function substring(cursor: Cursor): Expression {
  const { at } = cursor.take();
  cursor.expect('(');
  const args = [parseExpression(cursor)];
  if (cursor.accept('FROM')) {
    args.push(parseExpression(cursor));
    if (cursor.accept('FOR')) {
      args.push(parseExpression(cursor));
    }
  } else {
    while (cursor.accept(',')) {
      args.push(parseExpression(cursor));
    }
  }
  cursor.expect(')');
  return call('substr', args, at);
}

function orderByClause(cursor: Cursor): readonly SortItem[] {
  return cursor.accept('ORDER', 'BY') ? cursor.list(() => parseSortItem(cursor)) : [];
}

function withModifiers(cursor: Cursor, plain: Call): Call {
  let orderBy = plain.orderBy;
  if (cursor.accept('WITHIN', 'GROUP')) {
    cursor.expect('(');
    orderBy = orderByClause(cursor);
    cursor.expect(')');
  }
  const filter = filterClause(cursor);
  const ignoreNulls = cursor.accept('IGNORE', 'NULLS');
  if (!ignoreNulls) {
    cursor.accept('RESPECT', 'NULLS');
  }
  const over = overClause(cursor);
  return { ...plain, orderBy, ignoreNulls, ...(filter && { filter }), ...(over && { over }) };
}

function filterClause(cursor: Cursor): Expression | undefined {
  if (!cursor.accept('FILTER', '(')) {
    return undefined;
  }
  cursor.expect('WHERE');
  const condition = parseExpression(cursor);
  cursor.expect(')');
  return condition;
}

function overClause(cursor: Cursor): Window | undefined {
  if (!cursor.accept('OVER')) {
    return undefined;
  }
  return cursor.at('(') ? parseWindow(cursor) : { base: cursor.name(), partitionBy: [], orderBy: [] };
}

/** `([base] [partition by …] [order by …] [frame])`. */
export function parseWindow(cursor: Cursor): Window {
  cursor.expect('(');
  const isClause = ['PARTITION', 'ORDER', 'ROWS', 'RANGE', 'GROUPS', ')'].some((word) => cursor.at(word));
  const base = isClause ? {} : { base: cursor.name() };
  const partitionBy = cursor.accept('PARTITION', 'BY') ? cursor.list(() => parseExpression(cursor)) : [];
  const orderBy = orderByClause(cursor);
  const frame = frameClause(cursor);
  cursor.expect(')');
  return { ...base, partitionBy, orderBy, ...(frame && { frame }) };
}

function frameClause(cursor: Cursor): Window['frame'] | undefined {
  const word = cursor.acceptOneOf('ROWS', 'RANGE', 'GROUPS');
  if (word === undefined) {
    return undefined;
  }
  const unit = word === 'ROWS' ? 'rows' : word === 'RANGE' ? 'range' : 'groups';
  if (!cursor.accept('BETWEEN')) {
    return { unit, start: frameBound(cursor) };
  }
  const start = frameBound(cursor);
  cursor.expect('AND');
  return { unit, start, end: frameBound(cursor) };
}

function frameBound(cursor: Cursor): FrameBound {
  if (cursor.accept('CURRENT', 'ROW')) {
    return { kind: 'current row' };
  }
  if (cursor.accept('UNBOUNDED')) {
    return { kind: direction(cursor) === 'preceding' ? 'unbounded preceding' : 'unbounded following' };
  }
  const value = parseExpression(cursor);
  return { kind: direction(cursor), value };
}

function direction(cursor: Cursor): 'preceding' | 'following' {
  const word = cursor.acceptOneOf('PRECEDING', 'FOLLOWING');
  if (word === undefined) {
    throw cursor.mismatch("'FOLLOWING', 'PRECEDING'");
  }
  return word === 'PRECEDING' ? 'preceding' : 'following';
}
