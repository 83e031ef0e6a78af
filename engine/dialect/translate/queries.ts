import type { CommonTable, Query, QueryBody, SortItem } from '../ast.ts';
import type { Target } from '../targets/target.ts';
import { commonType, duckDbType, isOpen, quoted, type SqlType, typeName } from '../types.ts';
import { sortDirection } from './calls.ts';
import {
  type Context,
  type NamedType,
  requireConstruct,
  type TranslatedQuery,
  uniqueName,
  type VisibleCommonTable,
} from './context.ts';
import { translateExpression } from './expressions.ts';
import { Scope, same } from './scope.ts';
import { translateSelect } from './select.ts';

/** A query with its common tables, ordering and limits. `outer` is what a correlated subquery may refer to. */
export function translateQuery(query: Query, outerContext: Context, outer?: Scope): TranslatedQuery {
  const { context, clause } = withClause(query, outerContext, outer);
  const body =
    query.body.kind === 'select'
      ? translateSelect(query.body, query.orderBy, context, outer)
      : ordered(translateBody(query.body, context, outer), query.orderBy, context);
  const offset = query.offset && ` offset ${rowCount(query.offset, context)}`;
  const limit = query.limit && ` limit ${rowCount(query.limit, context)}`;
  return { ...body, sql: `${clause}${body.sql}${limit ?? ''}${offset ?? ''}` };
}

function rowCount(node: NonNullable<Query['limit']>, context: Context): string {
  return translateExpression(node, new Scope([]), context).sql;
}

function withClause(query: Query, outer: Context, scope: Scope | undefined): { context: Context; clause: string } {
  if (query.with.length === 0) {
    return { context: outer, clause: '' };
  }
  if (query.recursive) {
    requireConstruct('recursion', outer, query.with[0]?.name.at ?? query.at);
  }
  let context = outer;
  const texts: string[] = [];
  for (const table of query.with) {
    const { visible, text } = commonTable(table, query.recursive, context, scope);
    const commonTables = new Map([...context.commonTables, [table.name.text.toLowerCase(), visible]]);
    context = { ...context, commonTables };
    texts.push(text);
  }
  return { context, clause: `with ${query.recursive ? 'recursive ' : ''}${texts.join(', ')} ` };
}

function commonTable(
  { name, columns, query }: CommonTable,
  recursive: boolean,
  context: Context,
  scope: Scope | undefined,
): { visible: VisibleCommonTable; text: string } {
  const alias = context.unique(name.text);
  const inner = recursive ? withItself(name.text, alias, columns, query, context, scope) : context;
  const translated = translateQuery(query, inner, scope);
  if (columns.length > 0 && !translated.open && columns.length !== translated.columns.length) {
    const detail = `Column alias list has ${columns.length} entries but relation has ${translated.columns.length} columns`;
    throw context.fail('MISMATCHED_COLUMN_ALIASES', detail, columns[0]?.at ?? name.at);
  }
  const renamed = distinctNames(renameColumns(translated.columns, columns));
  const list = translated.open ? columns.map(({ text }) => text) : renamed.map((column) => column.name);
  const { quoted } = context.target;
  const heading = list.length === 0 ? '' : `(${list.map(quoted).join(', ')})`;
  const visible = { alias, columns: renamed, open: translated.open };
  return { visible, text: `${quoted(alias)}${heading} as (${translated.sql})` };
}

/** A recursive table is in sight of itself, with the types that its first part has. */
function withItself(
  name: string,
  alias: string,
  columns: CommonTable['columns'],
  query: Query,
  context: Context,
  scope: Scope | undefined,
): Context {
  const { body } = query;
  if (body.kind !== 'set' || body.operator !== 'union') {
    return context;
  }
  const first = translateBody(body.left, context, scope);
  const visible = { alias, columns: renameColumns(first.columns, columns), open: first.open };
  return { ...context, commonTables: new Map([...context.commonTables, [name.toLowerCase(), visible]]) };
}

const renameColumns = (columns: readonly NamedType[], names: CommonTable['columns']): readonly NamedType[] =>
  columns.map(({ name, type }, index) => ({ name: names[index]?.text ?? name, type }));

/** Columns of one name made distinct, as engines need them where a query is read from. */
export function distinctNames(columns: readonly NamedType[]): readonly NamedType[] {
  const used = new Set<string>();
  return columns.map(({ name, type }) => {
    const lower = name.toLowerCase();
    const unique = uniqueName(lower, used);
    return { name: unique === lower ? name : unique, type };
  });
}

function translateBody(body: QueryBody, context: Context, outer: Scope | undefined): TranslatedQuery {
  switch (body.kind) {
    case 'select':
      return translateSelect(body, [], context, outer);
    case 'nested': {
      const query = translateQuery(body.query, context, outer);
      return { ...query, sql: `(${query.sql})` };
    }
    case 'values':
      return values(body, context, outer);
    case 'set':
      return setOperation(body, context, outer);
  }
}

function values(
  { rows, at }: Extract<QueryBody, { kind: 'values' }>,
  context: Context,
  outer: Scope | undefined,
): TranslatedQuery {
  const scope = outer ?? new Scope([]);
  const cells = rows.map((row) =>
    (row.kind === 'row' ? row.values : [row]).map((cell) => translateExpression(cell, scope, context)),
  );
  const types = cells
    .map((row): readonly SqlType[] => row.map(({ type }) => type))
    .reduce((a, b) => commonRow(a, b, 'VALUES', at, context));
  const columns = types.map((type, index) => ({ name: `_col${index}`, type }));
  const { quoted } = context.target;
  const text = context.target.values(cells, types);
  const alias = quoted(context.unique('values'));
  const sql = `select * from (${text}) as ${alias}(${columns.map(({ name }) => quoted(name)).join(', ')})`;
  return { sql, columns, open: false };
}

function setOperation(
  node: Extract<QueryBody, { kind: 'set' }>,
  context: Context,
  outer: Scope | undefined,
): TranslatedQuery {
  const [left, right] = [translateBody(node.left, context, outer), translateBody(node.right, context, outer)];
  const operator = `${node.operator}${node.distinct ? '' : ' all'}`;
  const open = left.open || right.open;
  const types = open
    ? left.columns.map(({ type }) => type)
    : commonRow(
        left.columns.map(({ type }) => type),
        right.columns.map(({ type }) => type),
        node.operator.toUpperCase(),
        node.at,
        context,
      );
  const columns = left.columns.map(({ name }, index) => ({ name, type: types[index] ?? { kind: 'any' as const } }));
  return { sql: `${wrapped(left.sql)} ${operator} ${wrapped(right.sql)}`, columns, open };
}

/** A nested query stands in parentheses already. */
const wrapped = (sql: string): string =>
  sql.startsWith('(') && sql.endsWith(')') ? `(select * from ${sql})` : `(${sql})`;

function commonRow(
  a: readonly SqlType[],
  b: readonly SqlType[],
  what: string,
  at: number,
  context: Context,
): readonly SqlType[] {
  if (a.length !== b.length) {
    const detail = `${what} query has different number of fields: ${a.length}, ${b.length}`;
    throw context.fail('TYPE_MISMATCH', detail, at);
  }
  return a.map((type, index) => {
    const other = b[index] ?? type;
    const both = commonType(type, other);
    if (both === undefined) {
      const detail = `column ${index + 1} in ${what} query has incompatible types: ${typeName(type)}, ${typeName(other)}`;
      throw context.fail('TYPE_MISMATCH', detail, at);
    }
    return both;
  });
}

/** ORDER BY after a set operation or VALUES can name result columns only. */
function ordered(body: TranslatedQuery, orderBy: readonly SortItem[], context: Context): TranslatedQuery {
  if (orderBy.length === 0) {
    return body;
  }
  const columns = body.columns.map(({ name, type }) => ({ name, type, sql: context.target.quoted(name) }));
  const scope = new Scope([{ qualifiers: [], columns, alias: '', open: body.open }]);
  const items = orderBy.map((item) => {
    const position = outputPosition(item, body.columns, context);
    const sql = position === undefined ? translateExpression(item.value, scope, context).sql : String(position);
    return `${sql}${sortDirection(item)}`;
  });
  return { ...body, sql: `${body.sql} order by ${items.join(', ')}` };
}

/** The result column, from 1, that an ORDER BY item means by number or by name; an unknown number is an error. */
export function outputPosition(item: SortItem, columns: readonly NamedType[], context: Context): number | undefined {
  const { value } = item;
  if (value.kind === 'literal' && value.type === 'number') {
    return ordinal(value.value, columns, 'ORDER BY', value.at, context);
  }
  if (value.kind !== 'name') {
    return undefined;
  }
  const matches = columns.filter(({ name }) => same(name, value.name));
  const index = columns.findIndex(({ name }) => same(name, value.name));
  return matches.length === 1 ? index + 1 : undefined;
}

/** A position in the select list, checked. */
export function ordinal(
  text: string,
  columns: readonly NamedType[],
  clause: string,
  at: number,
  context: Context,
): number {
  const position = Number(text);
  if (!Number.isInteger(position) || position < 1 || position > columns.length) {
    throw context.fail('INVALID_COLUMN_REFERENCE', `${clause} position ${text} is not in select list`, at);
  }
  return position;
}

/** Rows without field names would lose their values on the way out: they get the names field0, field1 … */
export function withFieldNames({ sql, columns, open }: TranslatedQuery, target: Target): string {
  if (target.name !== 'duckdb' || open || !columns.some(({ type }) => hasUnnamedField(type))) {
    return sql;
  }
  const names = distinctNames(columns);
  const items = columns.map(({ name, type }, index) => {
    const column = quoted(names[index]?.name ?? name);
    return hasUnnamedField(type) ? `cast(${column} as ${duckDbType(type)}) as ${column}` : column;
  });
  return `select ${items.join(', ')} from (${sql}) as "result"(${names.map(({ name }) => quoted(name)).join(', ')})`;
}

function hasUnnamedField(type: SqlType): boolean {
  switch (type.kind) {
    case 'row':
      return (
        type.fields.every(({ type: inner }) => !isOpen(inner)) &&
        type.fields.some(({ name, type: inner }) => name === undefined || hasUnnamedField(inner))
      );
    case 'array':
      return hasUnnamedField(type.element);
    case 'map':
      return hasUnnamedField(type.key) || hasUnnamedField(type.value);
    default:
      return false;
  }
}
