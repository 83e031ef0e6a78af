import type { Expression, Name, Relation, TableName, TableRelation } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseValue, startsQuery } from './expression.ts';
import { parseQuery } from './query.ts';

/** One item of FROM with the joins that follow it. */
export function parseRelation(cursor: Cursor): Relation {
  let left = sampled(cursor);
  for (let joined = join(cursor, left); joined !== undefined; joined = join(cursor, left)) {
    left = joined;
  }
  return left;
}

function join(cursor: Cursor, left: Relation): Relation | undefined {
  const { at } = cursor.peek();
  if (cursor.accept('CROSS', 'JOIN')) {
    return { kind: 'join', type: 'cross', natural: false, left, right: sampled(cursor), using: [], at };
  }
  const natural = cursor.accept('NATURAL');
  const type = joinType(cursor);
  if (type === undefined) {
    if (natural) {
      throw cursor.mismatch("'FULL', 'INNER', 'JOIN', 'LEFT', 'RIGHT'");
    }
    return undefined;
  }
  const right = natural ? sampled(cursor) : parseRelationBeforeCondition(cursor);
  const base = { kind: 'join', type, natural, left, right, at } as const;
  if (natural) {
    return { ...base, using: [] };
  }
  if (cursor.accept('USING')) {
    return { ...base, using: cursor.parenthesised(() => cursor.name()) };
  }
  if (!cursor.accept('ON')) {
    throw cursor.mismatch("'ON', 'USING', <join>");
  }
  return { ...base, using: [], on: parseExpression(cursor) };
}

/** In `a join b join c on … on …` the right side of the first join is itself a join. */
function parseRelationBeforeCondition(cursor: Cursor): Relation {
  const first = sampled(cursor);
  return cursor.at('ON') || cursor.at('USING') ? first : (join(cursor, first) ?? first);
}

function joinType(cursor: Cursor): 'inner' | 'left' | 'right' | 'full' | undefined {
  const side = cursor.acceptOneOf('LEFT', 'RIGHT', 'FULL', 'INNER');
  if (side === undefined) {
    return cursor.accept('JOIN') ? 'inner' : undefined;
  }
  if (side !== 'INNER') {
    cursor.accept('OUTER');
  }
  cursor.expect('JOIN');
  return side === 'LEFT' ? 'left' : side === 'RIGHT' ? 'right' : side === 'FULL' ? 'full' : 'inner';
}

function sampled(cursor: Cursor): Relation {
  const relation = aliased(cursor);
  const { at } = cursor.peek();
  if (!cursor.accept('TABLESAMPLE')) {
    return relation;
  }
  const method = cursor.acceptOneOf('BERNOULLI', 'SYSTEM') === 'SYSTEM' ? 'system' : 'bernoulli';
  cursor.expect('(');
  const percent = parseExpression(cursor);
  cursor.expect(')');
  return { kind: 'sample', relation, method, percent, at };
}

function aliased(cursor: Cursor): Relation {
  const relation = primary(cursor);
  if (cursor.at('MATCH_RECOGNIZE')) {
    throw cursor.error('MATCH_RECOGNIZE is not supported', cursor.peek().at);
  }
  if (!cursor.accept('AS') && !cursor.isImplicitAlias()) {
    return relation;
  }
  const alias = cursor.name();
  const columns: readonly Name[] = cursor.at('(') ? cursor.parenthesised(() => cursor.name()) : [];
  return { kind: 'aliased', relation, alias, columns, at: alias.at };
}

function primary(cursor: Cursor): Relation {
  const { at } = cursor.peek();
  if (cursor.accept('LATERAL')) {
    cursor.expect('(');
    const query = parseQuery(cursor);
    cursor.expect(')');
    return { kind: 'query', query, lateral: true, at };
  }
  if (cursor.accept('UNNEST')) {
    const values = cursor.parenthesised(() => parseExpression(cursor));
    return { kind: 'unnest', values, ordinality: cursor.accept('WITH', 'ORDINALITY'), at };
  }
  if (!cursor.at('(')) {
    return table(cursor);
  }
  const query = startsQuery(cursor)
    ? cursor.attempt(() => {
        cursor.expect('(');
        const nested = parseQuery(cursor);
        return cursor.accept(')') ? nested : undefined;
      })
    : undefined;
  if (query !== undefined) {
    return { kind: 'query', query, lateral: false, at };
  }
  cursor.expect('(');
  // Read again what was not a query alone, so that its error is the one reported.
  const relation = cursor.at('SELECT') || cursor.at('WITH') ? queryRelation(cursor, at) : parseRelation(cursor);
  cursor.expect(')');
  return relation;
}

function queryRelation(cursor: Cursor, at: number): Relation {
  return { kind: 'query', query: parseQuery(cursor), lateral: false, at };
}

function table(cursor: Cursor): TableRelation {
  const name = parseTableName(cursor);
  const asOf = timeTravel(cursor);
  return { kind: 'table', name, ...(asOf && { asOf }), at: name.at };
}

/** `[catalog.][schema.]table`. */
export function parseTableName(cursor: Cursor): TableName {
  if (!cursor.isName()) {
    throw cursor.mismatch("'(', 'LATERAL', 'UNNEST', <identifier>");
  }
  const first = cursor.name();
  const parts = [first.text];
  while (parts.length < 3 && cursor.accept('.')) {
    parts.push(cursor.name().text);
  }
  return { parts, at: first.at };
}

function timeTravel(cursor: Cursor): { kind: 'version' | 'timestamp'; value: Expression } | undefined {
  if (!cursor.accept('FOR')) {
    return undefined;
  }
  const word = cursor.acceptOneOf('VERSION', 'TIMESTAMP', 'SYSTEM_VERSION', 'SYSTEM_TIME');
  if (word === undefined) {
    throw cursor.mismatch("'TIMESTAMP', 'VERSION'");
  }
  cursor.expect('AS', 'OF');
  return { kind: word.endsWith('VERSION') ? 'version' : 'timestamp', value: parseValue(cursor) };
}
