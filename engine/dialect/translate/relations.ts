import type { Name, Relation, TableRelation } from '../ast.ts';
import type { Target } from '../targets/target.ts';
import { ANY, BIGINT, commonType, isOpen } from '../types.ts';
import { type Context, type NamedType, requireConstruct } from './context.ts';
import { condition, translateExpression } from './expressions.ts';
import { distinctNames, translateQuery } from './queries.ts';
import { Scope, type ScopeColumn, type ScopeRelation, same } from './scope.ts';

/** One item of FROM: its text, what can be named in it, and the columns of `*` in order. */
export interface TranslatedRelation {
  readonly sql: string;
  readonly relations: readonly ScopeRelation[];
  /** Columns merged by USING, first. */
  readonly merged: readonly ScopeColumn[];
  /** `*`, in Trino's order; meaningless where a relation is open. */
  readonly star: readonly ScopeColumn[];
}

/** `left` holds what stands before in FROM, which UNNEST and LATERAL may refer to. */
export function translateRelation(node: Relation, context: Context, left: Scope): TranslatedRelation {
  switch (node.kind) {
    case 'table':
      return named(tableSource(node, context), defaultQualifiers(node), lastPart(node), context);
    case 'aliased':
      return aliased(node, context, left);
    case 'query':
      return named(querySource(node, context, left), [], 'query', context);
    case 'unnest':
      return named(unnestSource(node, context, left), [], 'unnest', context);
    case 'sample': {
      requireConstruct('sample', context, node.at);
      const inner = translateRelation(node.relation, context, left);
      const percent = translateExpression(node.percent, left, context).sql;
      return { ...inner, sql: context.target.sample(inner.sql, node.method, percent) };
    }
    case 'join':
      return join(node, context, left);
  }
}

/** Text that can stand in FROM before an alias. */
interface Source {
  readonly sql: string;
  readonly columns: readonly NamedType[];
  readonly hidden?: readonly NamedType[];
  readonly open: boolean;
}

const lastPart = ({ name }: TableRelation): string => name.parts.at(-1) ?? 'table';

/** A table without alias can be qualified by any tail of its name. */
const defaultQualifiers = ({ name: { parts } }: TableRelation): readonly (readonly string[])[] =>
  parts.map((_, index) => parts.slice(index)).reverse();

function tableSource(node: TableRelation, context: Context): Source {
  const [only = ''] = node.name.parts;
  const common = node.name.parts.length === 1 ? context.commonTables.get(only.toLowerCase()) : undefined;
  if (common !== undefined) {
    return { sql: context.target.quoted(common.alias), columns: common.columns, open: common.open };
  }
  if (node.asOf !== undefined) {
    requireConstruct('time_travel', context, node.at);
  }
  const { sql, columns, hidden = [] } = context.resolve(node, context.fail);
  return { sql, columns: columns ?? [], hidden, open: columns === undefined };
}

function querySource({ query, lateral }: Extract<Relation, { kind: 'query' }>, context: Context, left: Scope): Source {
  const { sql, columns, open } = translateQuery(query, context, lateral ? left : left.parent);
  return { sql: `${lateral ? 'lateral ' : ''}(${sql})`, columns, open };
}

/** Arrays and maps side by side; arrays of rows give a column per field. */
function unnestSource(node: Extract<Relation, { kind: 'unnest' }>, context: Context, left: Scope): Source {
  const values = node.values.map((value) => translateExpression(value, left, context));
  const types = values.flatMap(({ type }, index) => {
    if (type.kind === 'map') {
      return [type.key, type.value];
    }
    if (type.kind !== 'array' && !isOpen(type)) {
      throw context.fail('TYPE_MISMATCH', `Cannot unnest type: ${type.kind}`, node.values[index]?.at ?? node.at);
    }
    const element = type.kind === 'array' ? type.element : ANY;
    return element.kind === 'row' ? element.fields.map((field) => field.type) : [element];
  });
  const columns = node.ordinality ? [...types, BIGINT] : types;
  return {
    sql: context.target.unnest({ values, columns, ordinality: node.ordinality }, context),
    columns: columns.map((type, index) => ({ name: `c${index}`, type })),
    open: false,
  };
}

function named(
  source: Source,
  qualifiers: readonly (readonly string[])[],
  wanted: string,
  context: Context,
  names: readonly Name[] = [],
): TranslatedRelation {
  const { quoted } = context.target;
  const alias = context.unique(wanted);
  const columnNames = names.length > 0 ? names.map(({ text }) => text) : renamed(source.columns);
  const columns = source.columns.map(({ name, type }, index) => ({
    name: names[index]?.text ?? name,
    sql: `${quoted(alias)}.${quoted(columnNames[index] ?? name)}`,
    type,
  }));
  const list = columnNames.length === 0 ? '' : `(${columnNames.map(quoted).join(', ')})`;
  const believed =
    source.open && names.length > 0 ? columnNames.map((name) => openColumn(alias, name, quoted)) : columns;
  const hidden = (source.hidden ?? []).map((column) => ({
    ...openColumn(alias, column.name, quoted),
    ...column,
    hidden: true,
  }));
  const relation = { qualifiers, columns: [...believed, ...hidden], alias, open: source.open && names.length === 0 };
  return { sql: `${source.sql} as ${quoted(alias)}${list}`, relations: [relation], merged: [], star: believed };
}

/** A column list that makes equal names distinct, or none where they are. */
function renamed(columns: readonly NamedType[]): readonly string[] {
  const names = distinctNames(columns).map(({ name }) => name);
  return names.every((name, index) => name === columns[index]?.name) ? [] : names;
}

const openColumn = (alias: string, name: string, quoted: Target['quoted']): ScopeColumn => ({
  name,
  sql: `${quoted(alias)}.${quoted(name)}`,
  type: ANY,
});

function aliased(node: Extract<Relation, { kind: 'aliased' }>, context: Context, left: Scope): TranslatedRelation {
  const { relation, alias, columns } = node;
  const qualifiers = [[alias.text]];
  const source = sourceOf(relation, context, left);
  if (source === undefined) {
    throw context.fail('NOT_SUPPORTED', 'An alias of a parenthesised join is not supported', node.at);
  }
  if (columns.length > 0 && !source.open && columns.length !== source.columns.length) {
    const detail = `Column alias list has ${columns.length} entries but '${alias.text}' has ${source.columns.length} columns available`;
    throw context.fail('MISMATCHED_COLUMN_ALIASES', detail, relation.at);
  }
  return named(source, qualifiers, alias.text, context, columns);
}

function sourceOf(node: Relation, context: Context, left: Scope): Source | undefined {
  switch (node.kind) {
    case 'table':
      return tableSource(node, context);
    case 'query':
      return querySource(node, context, left);
    case 'unnest':
      return unnestSource(node, context, left);
    default:
      return undefined;
  }
}

/** FROM's items in sight of what follows them. */
export const scopeOf = (from: TranslatedRelation, parent: Scope | undefined): Scope =>
  new Scope(from.relations, parent, from.merged);

function join(node: Extract<Relation, { kind: 'join' }>, context: Context, outer: Scope): TranslatedRelation {
  if (node.natural) {
    throw context.fail('NOT_SUPPORTED', 'Natural join not supported', startOf(node));
  }
  const left = translateRelation(node.left, context, outer);
  const inSight = new Scope([...outer.relations, ...left.relations], outer.parent, left.merged);
  const right = translateRelation(node.right, context, inSight);
  const relations = [...left.relations, ...right.relations];
  if (node.using.length > 0) {
    return merging(node, left, right, context);
  }
  const merged = [...left.merged, ...right.merged];
  const star = [...left.star, ...right.star];
  if (node.type === 'cross') {
    return { sql: `${left.sql} cross join ${right.sql}`, relations, merged, star };
  }
  const scope = new Scope([...outer.relations, ...relations], outer.parent, merged);
  const on = node.on === undefined ? 'true' : condition(node.on, scope, context, 'JOIN ON clause').sql;
  const rightSql = node.right.kind === 'join' ? `(${right.sql})` : right.sql;
  return { sql: `${left.sql} ${node.type} join ${rightSql} on ${on}`, relations, merged, star };
}

/** Where the text of a relation begins. */
function startOf(node: Relation): number {
  switch (node.kind) {
    case 'join':
      return startOf(node.left);
    case 'aliased':
    case 'sample':
      return startOf(node.relation);
    default:
      return node.at;
  }
}

/** USING: the shared columns come first, once. */
function merging(
  node: Extract<Relation, { kind: 'join' }>,
  left: TranslatedRelation,
  right: TranslatedRelation,
  context: Context,
): TranslatedRelation {
  const names = node.using.map(({ text }) => text);
  const shared = names.map((name, index): ScopeColumn => {
    const [a, b] = [left, right].map((side) => {
      const column = side.star.find((candidate) => same(candidate.name, name));
      const isOpenSide = side.relations.some(({ open }) => open);
      if (column === undefined && !isOpenSide) {
        const which = side === left ? 'left' : 'right';
        throw context.fail(
          'COLUMN_NOT_FOUND',
          `Column '${name}' is missing from ${which} side of join`,
          node.using[index]?.at ?? node.at,
        );
      }
      return column;
    });
    return {
      name,
      sql: sharedText(node.type, context.target.quoted(name), a?.sql, b?.sql),
      type: commonType(a?.type ?? ANY, b?.type ?? ANY) ?? ANY,
    };
  });
  const isShared = ({ name }: ScopeColumn): boolean => names.some((each) => same(each, name));
  const rest = [...left.star, ...right.star].filter((column) => !isShared(column));
  return {
    sql: `${left.sql} ${node.type} join ${right.sql} using (${names.map(context.target.quoted).join(', ')})`,
    relations: [...left.relations, ...right.relations],
    merged: [...shared, ...left.merged.filter((column) => !isShared(column))],
    star: [...shared, ...rest],
  };
}

/** The merged column: of the side that has every row, or of whichever has a value. */
function sharedText(type: string, name: string, left: string | undefined, right: string | undefined): string {
  if (left === undefined || right === undefined) {
    return name;
  }
  return type === 'full' ? `coalesce(${left}, ${right})` : type === 'right' ? right : left;
}
