import type { TypeNode } from '../ast.ts';
import type { Cursor } from './cursor.ts';

/** A type as in `cast(x as …)`: `decimal(18,2)`, `array(varchar)`, `row(a bigint, b map(varchar, double))`. */
export function parseType(cursor: Cursor): TypeNode {
  const token = cursor.peek();
  const at = token.at;
  if (token.kind === 'word' && token.value === 'ARRAY') {
    cursor.take();
    return bracketed(cursor, () => ({ kind: 'array', element: parseType(cursor), at }));
  }
  if (token.kind === 'word' && token.value === 'MAP') {
    cursor.take();
    return bracketed(cursor, () => {
      const key = parseType(cursor);
      cursor.expect(',');
      return { kind: 'map', key, value: parseType(cursor), at };
    });
  }
  if (token.kind === 'word' && token.value === 'ROW') {
    cursor.take();
    return bracketed(cursor, () => ({ kind: 'row', fields: cursor.list(() => rowField(cursor)), at }));
  }
  return namedType(cursor);
}

function bracketed(cursor: Cursor, read: () => TypeNode): TypeNode {
  const close = cursor.accept('<') ? '>' : ')';
  if (close === ')') {
    cursor.expect('(');
  }
  const type = read();
  cursor.expect(close);
  return type;
}

function rowField(cursor: Cursor): { name?: string; type: TypeNode } {
  const named = cursor.attempt(() => {
    const name = cursor.name().text;
    return [',', ')', '>', '(', '<'].some((next) => cursor.at(next)) ? undefined : { name, type: parseType(cursor) };
  });
  return named ?? { type: parseType(cursor) };
}

function namedType(cursor: Cursor): TypeNode {
  const { text, at } = cursor.name();
  let name = text.toLowerCase();
  if (name === 'double') {
    cursor.accept('PRECISION');
  }
  if (name === 'interval') {
    const from = cursor.name().text.toLowerCase();
    cursor.expect('TO');
    name = `interval ${from} to ${cursor.name().text.toLowerCase()}`;
  }
  const parameters = cursor.at('(') ? cursor.parenthesised(() => Number(cursor.take().value)) : [];
  const zoned = cursor.accept('WITH', 'TIME', 'ZONE');
  if (!zoned) {
    cursor.accept('WITHOUT', 'TIME', 'ZONE');
  }
  return { kind: 'named', name, parameters, zoned, at };
}
