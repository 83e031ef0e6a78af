import { annotateTypes, ast, Dialect } from '@polyglot-sql/sdk';
import { TributaryError } from '../../common/errors.ts';
import { parseType } from '../sql-type.ts';
import type { TableIndex } from './resolve.ts';
import { isNode, kindOf, nodeIn, nodesIn, payloadOf, type Statement, typeText } from './syntax.ts';

/**
 * Types of a SELECT's output columns as far as they can be inferred, by position. Rough: decimals' precision and
 * the type of an average are not Athena's.
 */
export function inferTypes(statement: Statement, tables: TableIndex): readonly (string | undefined)[] {
  const schema = [...tables].map(([table, columns]) => {
    const [database = '', name = ''] = table.split('.');
    return { name, schema: database, columns: columns.map((column) => ({ name: column.name, type: column.type })) };
  });
  const result = annotateTypes(statement.sql, Dialect.Trino, { tables: schema });
  const [root] = result.ast ?? [];
  if (!result.success || root === undefined || !isNode(root) || kindOf(root) !== 'select') return [];
  return nodesIn(payloadOf(root), 'expressions').map((expression) => {
    const value = (kindOf(expression) === 'alias' ? nodeIn(payloadOf(expression), 'this') : undefined) ?? expression;
    const type = ast.getInferredType(value as Parameters<typeof ast.getInferredType>[0]);
    return isNode(type) ? known(typeText(type)) : undefined;
  });
}

/** The type, unless it is none of Athena's. */
function known(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  try {
    parseType(type);
    return type;
  } catch (thrown) {
    if (thrown instanceof TributaryError && thrown.code === 'unknown_type') return undefined;
    throw thrown;
  }
}
