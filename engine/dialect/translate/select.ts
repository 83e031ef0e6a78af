import type { Expression, GroupingElement, Select, SelectItem, SortItem } from '../ast.ts';
import { sortDirection, windowText } from './calls.ts';
import type { Context, NamedType, TranslatedQuery } from './context.ts';
import { condition, translateExpression } from './expressions.ts';
import { pathOf } from './names.ts';
import { ordinal, outputPosition } from './queries.ts';
import { scopeOf, type TranslatedRelation, translateRelation } from './relations.ts';
import { type Operand, Scope, type ScopeRelation } from './scope.ts';

/** A column of the result, or, where columns are not known, a star. */
type Output = (NamedType & Operand) | { readonly star: string };

const isColumn = (output: Output): output is NamedType & Operand => 'name' in output;

/** One SELECT with the ORDER BY that sees both its result columns and its sources. */
export function translateSelect(
  select: Select,
  orderBy: readonly SortItem[],
  outerContext: Context,
  outer: Scope | undefined,
): TranslatedQuery {
  const windows = new Map(select.windows.map(({ name, window }) => [name.text.toLowerCase(), window]));
  const context = { ...outerContext, windows, filtering: false };
  const from = fromClause(select, context, outer);
  const scope = scopeOf(from, outer);
  const outputs = outputColumns(select.items, from, scope, context);
  const columns = outputs.filter(isColumn);
  const open = columns.length < outputs.length;
  const items = outputs.map((output) =>
    isColumn(output) ? `${output.sql} as ${context.target.quoted(output.name)}` : output.star,
  );
  const clauses = [
    `select ${select.distinct ? 'distinct ' : ''}${items.join(', ')}`,
    from.sql === '' ? '' : `from ${from.sql}`,
    select.where === undefined ? '' : `where ${condition(select.where, scope, context, 'WHERE clause').sql}`,
    groupByClause(select.groupBy, columns, open, scope, context),
    select.having === undefined ? '' : `having ${condition(select.having, scope, context, 'HAVING clause').sql}`,
    windowClause(select, scope, context),
    orderByClause(orderBy, columns, open, scope, context),
  ];
  return { sql: clauses.filter((clause) => clause !== '').join(' '), columns, open };
}

function fromClause(select: Select, context: Context, outer: Scope | undefined): TranslatedRelation {
  let all: TranslatedRelation = { sql: '', relations: [], merged: [], star: [] };
  for (const node of select.from) {
    const next = translateRelation(node, context, scopeOf(all, outer));
    all = {
      sql: all.sql === '' ? next.sql : `${all.sql}, ${next.sql}`,
      relations: [...all.relations, ...next.relations],
      merged: [...all.merged, ...next.merged],
      star: [...all.star, ...next.star],
    };
  }
  return all;
}

function outputColumns(
  items: readonly SelectItem[],
  from: TranslatedRelation,
  scope: Scope,
  context: Context,
): readonly Output[] {
  const outputs: Output[] = [];
  for (const item of items) {
    if (item.kind === 'all') {
      outputs.push(...starColumns(item, from, scope, context));
    } else {
      const operand = translateExpression(item.value, scope, context);
      const name = item.alias?.text ?? impliedName(item.value) ?? `_col${outputs.length}`;
      outputs.push({ ...operand, name });
    }
  }
  return outputs;
}

/** A column or field gives its own name to the result. */
function impliedName(value: Expression): string | undefined {
  return value.kind === 'field' ? value.name : pathOf(value)?.at(-1);
}

function starColumns(
  item: Extract<SelectItem, { kind: 'all' }>,
  from: TranslatedRelation,
  scope: Scope,
  context: Context,
): readonly Output[] {
  if (item.of !== undefined) {
    return qualifiedStar(item.of, scope, context);
  }
  if (from.sql === '') {
    throw context.fail('COLUMN_NOT_FOUND', 'SELECT * not allowed in queries without FROM clause', item.at);
  }
  return from.relations.some(({ open }) => open) ? [{ star: '*' }] : from.star;
}

function qualifiedStar(of: Expression, scope: Scope, context: Context): readonly Output[] {
  const path = pathOf(of) ?? [];
  const relation: ScopeRelation | undefined = scope.relation(path);
  if (relation === undefined) {
    throw context.fail('TABLE_NOT_FOUND', `Table '${path.join('.')}' not found`, of.at);
  }
  if (relation.open) return [{ star: `${context.target.quoted(relation.alias)}.*` }];
  return relation.columns.filter(({ hidden }) => hidden !== true);
}

function groupByClause(
  elements: readonly GroupingElement[],
  columns: readonly NamedType[],
  open: boolean,
  scope: Scope,
  context: Context,
): string {
  const key = (value: Expression): string => {
    if (value.kind === 'literal' && value.type === 'number' && !open) {
      return String(ordinal(value.value, columns, 'GROUP BY', value.at, context));
    }
    return translateExpression(value, scope, context).sql;
  };
  const set = (values: readonly Expression[]): string => `(${values.map(key).join(', ')})`;
  const texts = elements.map((element) => {
    switch (element.kind) {
      case 'simple':
        return key(element.value);
      case 'sets':
        return `grouping sets (${element.sets.map(set).join(', ')})`;
      default:
        return `${element.kind} (${element.sets.map((values) => (values.length === 1 ? values.map(key).join() : set(values))).join(', ')})`;
    }
  });
  return texts.length === 0 ? '' : `group by ${texts.join(', ')}`;
}

function windowClause({ windows }: Select, scope: Scope, context: Context): string {
  if (!context.target.namesWindows) {
    return '';
  }
  const texts = windows.map(
    ({ name, window }) => `${context.target.quoted(name.text)} as ${windowText(window, scope, context)}`,
  );
  return texts.length === 0 ? '' : `window ${texts.join(', ')}`;
}

/** Result columns hide source columns of the same name; a plain reference to one becomes its position. */
function orderByClause(
  orderBy: readonly SortItem[],
  columns: readonly (NamedType & Operand)[],
  open: boolean,
  scope: Scope,
  context: Context,
): string {
  const results: ScopeRelation = { qualifiers: [], columns, alias: '', open: false };
  const visible = new Scope([results], scope);
  const texts = orderBy.map((item) => {
    const position = open ? undefined : outputPosition(item, columns, context);
    const sql = position === undefined ? translateExpression(item.value, visible, context).sql : String(position);
    return `${sql}${sortDirection(item)}`;
  });
  return texts.length === 0 ? '' : `order by ${texts.join(', ')}`;
}
