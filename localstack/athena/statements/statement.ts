import type { Expression, Name, Query } from '../../../engine/dialect/ast.ts';
import { Cursor } from '../../../engine/dialect/parse/cursor.ts';
import { parseExpression, startsQuery } from '../../../engine/dialect/parse/expression.ts';
import { parseQuery } from '../../../engine/dialect/parse/query.ts';
import { parseTableName } from '../../../engine/dialect/parse/relation.ts';
import {
  type CreateTable,
  type CreateTableAs,
  type PartitionSpec,
  type Parts,
  type Properties,
  type PropertyValue,
  parseCreateTable,
  parsePartitions,
  parseProperties,
  parseQueryProperties,
  text,
} from './parse-tables.ts';

export type { Parts } from './parse-tables.ts';

export interface PartitionChange {
  readonly table: Parts;
  readonly partitions: readonly PartitionSpec[];
  /** Whether partitions that are there, or are missing, are no mistake. */
  readonly lenient: boolean;
}

export type Statement =
  | { readonly kind: 'query'; readonly query: Query; readonly parameters: number }
  | { readonly kind: 'explain'; readonly query: Query }
  | { readonly kind: 'show_databases'; readonly like?: string }
  | { readonly kind: 'show_tables' | 'show_views'; readonly database?: string; readonly like?: string }
  | {
      readonly kind: 'show_columns' | 'show_partitions' | 'show_create_table' | 'show_create_view' | 'describe';
      readonly table: Parts;
    }
  | {
      readonly kind: 'create_view';
      readonly view: Parts;
      readonly replace: boolean;
      readonly query: Query;
      readonly queryText: string;
    }
  | { readonly kind: 'drop_view'; readonly table: Parts; readonly ifExists: boolean }
  | { readonly kind: 'drop_table'; readonly table: Parts; readonly ifExists: boolean }
  | { readonly kind: 'create_database'; readonly database: string; readonly ifNotExists: boolean }
  | { readonly kind: 'drop_database'; readonly database: string; readonly ifExists: boolean }
  | CreateTable
  | CreateTableAs
  | {
      readonly kind: 'insert';
      readonly table: Parts;
      readonly columns: readonly string[];
      readonly query: Query;
      readonly parameters: number;
    }
  | {
      readonly kind: 'unload';
      readonly query: Query;
      readonly location: string;
      readonly properties: Readonly<Record<string, PropertyValue>>;
      readonly parameters: number;
    }
  | { readonly kind: 'repair_table'; readonly table: Parts }
  | ({ readonly kind: 'add_partitions' } & PartitionChange)
  | ({ readonly kind: 'drop_partitions' } & PartitionChange)
  | { readonly kind: 'set_properties'; readonly table: Parts; readonly properties: Properties }
  | { readonly kind: 'show_properties'; readonly table: Parts; readonly property?: string }
  | { readonly kind: 'prepare'; readonly name: string; readonly statementText: string }
  | { readonly kind: 'deallocate'; readonly name: string }
  | { readonly kind: 'execute'; readonly name: string; readonly using: readonly Expression[] }
  | { readonly kind: 'unsupported'; readonly what: string };

/** A statement of Trino's that Athena does not take. */
export class RefusedStatement extends Error {}

/** Statements that Athena runs and this endpoint does not. */
const NOT_HERE = ['ALTER', 'CREATE', 'DELETE', 'DROP', 'MERGE', 'MSCK', 'OPTIMIZE', 'SHOW', 'UPDATE', 'VACUUM'];

/** Statements of Trino or Hive that Athena refuses. */
const NOT_IN_ATHENA = [
  'ANALYZE',
  'CALL',
  'COMMENT',
  'COMMIT',
  'GRANT',
  'RESET',
  'REVOKE',
  'ROLLBACK',
  'SET',
  'START',
  'TRUNCATE',
  'USE',
];
const NEVER_CREATED = ['OR', 'ROLE', 'FUNCTION', 'MATERIALIZED', 'CATALOG'];

/** Reads one statement. Throws `SqlError` where Athena would refuse to start it. */
export function parseStatementText(sql: string): Statement {
  const cursor = new Cursor(isHiveStatement(sql) ? sql.replaceAll('`', '"') : sql);
  const statement = statementAt(cursor);
  if (statement.kind !== 'unsupported') cursor.expectEnd();
  return statement;
}

/** Hive's statements quote names with backquotes. */
const isHiveStatement = (sql: string): boolean =>
  /^\s*(show|describe|desc|drop|create\s+(database|schema|external)|alter|msck)\b/i.test(sql) ||
  /^\s*create\s+table\s+(if\s+not\s+exists\s+)?[\w.`"]+\s*\(/i.test(sql);

function statementAt(cursor: Cursor): Statement {
  if (cursor.accept('EXPLAIN')) return explain(cursor);
  if (cursor.accept('SHOW')) return show(cursor);
  if (cursor.accept('DESCRIBE') || cursor.accept('DESC')) return describe(cursor);
  if (cursor.accept('CREATE', 'OR', 'REPLACE', 'VIEW')) return createView(cursor, true);
  if (cursor.accept('CREATE', 'VIEW')) return createView(cursor, false);
  if (cursor.at('CREATE', 'DATABASE') || cursor.at('CREATE', 'SCHEMA')) return createDatabase(cursor);
  if (cursor.at('DROP', 'DATABASE') || cursor.at('DROP', 'SCHEMA')) return dropDatabase(cursor);
  if (cursor.accept('DROP', 'VIEW')) return { kind: 'drop_view', ...dropped(cursor) };
  if (cursor.accept('DROP', 'TABLE')) return { kind: 'drop_table', ...dropped(cursor) };
  if (cursor.accept('EXECUTE')) return execute(cursor);
  if (cursor.accept('PREPARE')) return prepare(cursor);
  if (cursor.accept('DEALLOCATE', 'PREPARE')) return { kind: 'deallocate', name: cursor.name().text };
  if (cursor.at('CREATE', 'TABLE') || cursor.at('CREATE', 'EXTERNAL', 'TABLE')) {
    cursor.take();
    return parseCreateTable(cursor);
  }
  if (cursor.accept('INSERT', 'INTO')) return insert(cursor);
  if (cursor.accept('UNLOAD')) return unload(cursor);
  if (cursor.accept('MSCK', 'REPAIR', 'TABLE')) return { kind: 'repair_table', table: parts(cursor) };
  if (cursor.at('ALTER', 'TABLE')) return alterTable(cursor);
  return elsewhere(cursor) ?? query(cursor);
}

function query(cursor: Cursor): Statement {
  const query = parseQuery(cursor);
  return { kind: 'query', query, parameters: cursor.parameterCount };
}

/** What this endpoint does not run. Throws `RefusedStatement` for what Athena refuses as well. */
function elsewhere(cursor: Cursor): Statement | undefined {
  const [word, next] = [cursor.peek().value, cursor.peek(1).value];
  if (cursor.peek().kind !== 'word') return undefined;
  if (NOT_IN_ATHENA.includes(word) || (word === 'CREATE' && NEVER_CREATED.includes(next))) {
    throw new RefusedStatement('Queries of this type are not supported');
  }
  return NOT_HERE.includes(word) ? { kind: 'unsupported', what: `${word} ${next}` } : undefined;
}

function insert(cursor: Cursor): Statement {
  const table = parts(cursor);
  const columns =
    cursor.attempt(() => {
      const names = cursor.parenthesised(() => cursor.name().text.toLowerCase());
      return startsQuery(cursor) ? names : undefined;
    }) ?? [];
  const query = parseQuery(cursor);
  return { kind: 'insert', table, columns, query, parameters: cursor.parameterCount };
}

function unload(cursor: Cursor): Statement {
  cursor.expect('(');
  const query = parseQuery(cursor);
  cursor.expect(')');
  cursor.expect('TO');
  const location = text(cursor);
  const properties = cursor.accept('WITH') ? parseQueryProperties(cursor) : {};
  return { kind: 'unload', query, location, properties, parameters: cursor.parameterCount };
}

function alterTable(cursor: Cursor): Statement {
  cursor.expect('ALTER', 'TABLE');
  const table = parts(cursor);
  if (cursor.accept('SET', 'TBLPROPERTIES')) {
    return { kind: 'set_properties', table, properties: parseProperties(cursor) };
  }
  if (cursor.at('ADD', 'PARTITION') || cursor.at('ADD', 'IF')) {
    cursor.take();
    const lenient = cursor.accept('IF', 'NOT', 'EXISTS');
    return { kind: 'add_partitions', table, lenient, partitions: parsePartitions(cursor) };
  }
  if (cursor.at('DROP', 'PARTITION') || cursor.at('DROP', 'IF')) {
    cursor.take();
    const lenient = cursor.accept('IF', 'EXISTS');
    return { kind: 'drop_partitions', table, lenient, partitions: parsePartitions(cursor) };
  }
  return { kind: 'unsupported', what: `ALTER TABLE ${cursor.peek().value} ${cursor.peek(1).value}` };
}

function prepare(cursor: Cursor): Statement {
  const { text: name } = cursor.name();
  cursor.expect('FROM');
  const { at } = cursor.peek();
  statementAt(cursor);
  return { kind: 'prepare', name, statementText: cursor.sql.slice(at, cursor.peek().at).trimEnd() };
}

function explain(cursor: Cursor): Statement {
  cursor.accept('ANALYZE');
  if (cursor.at('(', 'TYPE') || cursor.at('(', 'FORMAT')) cursor.parenthesised(() => [cursor.take(), cursor.take()]);
  return { kind: 'explain', query: parseQuery(cursor) };
}

function show(cursor: Cursor): Statement {
  if (cursor.accept('DATABASES') || cursor.accept('SCHEMAS')) return { kind: 'show_databases', ...like(cursor) };
  if (cursor.accept('TABLES')) return { kind: 'show_tables', ...inDatabase(cursor), ...like(cursor) };
  if (cursor.accept('VIEWS')) return { kind: 'show_views', ...inDatabase(cursor), ...like(cursor) };
  if (cursor.accept('PARTITIONS')) return { kind: 'show_partitions', table: parts(cursor) };
  if (cursor.accept('CREATE', 'TABLE')) return { kind: 'show_create_table', table: parts(cursor) };
  if (cursor.accept('CREATE', 'VIEW')) return { kind: 'show_create_view', table: parts(cursor) };
  if (cursor.accept('TBLPROPERTIES')) return properties(cursor);
  if (!cursor.accept('COLUMNS')) return { kind: 'unsupported', what: `SHOW ${cursor.peek().value}` };
  cursor.acceptOneOf('FROM', 'IN');
  const table = parts(cursor);
  const database = cursor.acceptOneOf('FROM', 'IN') === undefined ? [] : [cursor.name().text];
  return { kind: 'show_columns', table: [...database, ...table] };
}

function properties(cursor: Cursor): Statement {
  const table = parts(cursor);
  const [property] = cursor.at('(') ? cursor.parenthesised(() => text(cursor)) : [];
  return { kind: 'show_properties', table, ...(property !== undefined && { property }) };
}

const parts = (cursor: Cursor): Parts => parseTableName(cursor).parts;

function inDatabase(cursor: Cursor): { database?: string } {
  return cursor.acceptOneOf('FROM', 'IN') === undefined ? {} : { database: parts(cursor).at(-1) ?? '' };
}

function like(cursor: Cursor): { like?: string } {
  const hasLike = cursor.accept('LIKE');
  if (!hasLike && cursor.peek().kind !== 'string') return {};
  return { like: cursor.take().value };
}

function describe(cursor: Cursor): Statement {
  cursor.acceptOneOf('EXTENDED', 'FORMATTED', 'TABLE');
  return { kind: 'describe', table: parts(cursor) };
}

function createView(cursor: Cursor, replace: boolean): Statement {
  const view = parts(cursor);
  if (cursor.accept('COMMENT')) cursor.take();
  if (cursor.accept('SECURITY')) cursor.take();
  cursor.expect('AS');
  const from = cursor.peek().at;
  const query = parseQuery(cursor);
  return { kind: 'create_view', view, replace, query, queryText: cursor.sql.slice(from, cursor.peek().at).trimEnd() };
}

function createDatabase(cursor: Cursor): Statement {
  cursor.take();
  cursor.take();
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  const { text: database } = cursor.name();
  for (const clause of ['COMMENT', 'LOCATION']) {
    if (cursor.accept(clause)) cursor.take();
  }
  return { kind: 'create_database', database, ifNotExists };
}

function dropDatabase(cursor: Cursor): Statement {
  cursor.take();
  cursor.take();
  const ifExists = cursor.accept('IF', 'EXISTS');
  const { text: database } = cursor.name();
  cursor.acceptOneOf('CASCADE', 'RESTRICT');
  return { kind: 'drop_database', database, ifExists };
}

function dropped(cursor: Cursor): { ifExists: boolean; table: Parts } {
  return { ifExists: cursor.accept('IF', 'EXISTS'), table: parts(cursor) };
}

function execute(cursor: Cursor): Statement {
  const { text: name }: Name = cursor.name();
  const using = cursor.accept('USING') ? cursor.list(() => parseExpression(cursor)) : [];
  return { kind: 'execute', name, using };
}
