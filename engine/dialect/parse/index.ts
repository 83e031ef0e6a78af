import type { Expression, Query } from '../ast.ts';
import { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseQuery } from './query.ts';

const AFTER_QUERY =
  "',', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', 'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'ORDER', 'UNION', 'WHERE', 'WINDOW', <EOF>";

/** A statement that is one query; a closing semicolon is allowed. Throws `SqlError` with Trino's words. */
export function parseStatement(sql: string): { readonly query: Query; readonly parameters: number } {
  const cursor = new Cursor(sql);
  const query = parseQuery(cursor);
  cursor.expectEnd(AFTER_QUERY);
  return { query, parameters: cursor.parameterCount };
}

/** A text that is one expression. */
export function parseExpressionText(sql: string): Expression {
  const cursor = new Cursor(sql);
  const expression = parseExpression(cursor);
  cursor.expectEnd();
  return expression;
}
