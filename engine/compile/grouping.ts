import type { TributaryError } from '../../common/errors.ts';
import type { Call, Expression, Select, SortItem } from '../dialect/ast.ts';
import { formsOf } from '../dialect/functions/index.ts';
import { given, groupingOperands, operandsOf } from '../dialect/walk.ts';
import { compileError } from './errors.ts';
import { type ColumnOf, textOf } from './expression-text.ts';
import type { Statement } from './syntax.ts';

/** Whether a call makes one value of many rows. */
export const isAggregate = ({ name, over }: Call): boolean =>
  over === undefined && formsOf(name).some(({ kind }) => kind === 'aggregate');

/** Whether rows come together in groups, be it one of all rows. */
export function isGrouped({ items, groupBy, having }: Select, orderBy: readonly SortItem[] = []): boolean {
  if (groupBy.length > 0 || having !== undefined) return true;
  const values = [
    ...items.flatMap((item) => (item.kind === 'expression' ? [item.value] : [])),
    ...orderBy.map(({ value }) => value),
  ];
  return values.some((value) => aggregateIn(value) !== undefined);
}

/**
 * Throws `sql_error` for a column that is neither grouped nor within an aggregate, and for aggregates and windows where
 * there are no groups or rows yet, or no more.
 */
export function checkAggregation(
  select: Select,
  orderBy: readonly SortItem[],
  statement: Statement,
  /** What names mean in the clauses, and what they mean in ORDER BY, which sees the result's columns first. */
  columnOf: ColumnOf,
  columnInOrder: ColumnOf,
): void {
  refuseMisplaced(select, statement);
  if (!isGrouped(select, orderBy)) return;
  const items = select.items.flatMap((item) => (item.kind === 'expression' ? [item.value] : []));
  const grouped = select.groupBy.flatMap(groupingOperands).map((value) => groupedValue(value, items));
  const texts = new Set(grouped.map((value) => textOf(value, columnOf)));
  const values = [...items, ...given(select.having)];
  const wrong =
    firstOf(values, (value) => ungrouped(value, texts, columnOf)) ??
    firstOf(orderBy, ({ value }) => ungrouped(value, texts, columnInOrder));
  if (wrong === undefined) return;
  const { text, at } = nameOf(wrong);
  throw compileError(
    'sql_error',
    statement.placeOf(at),
    `"${text}" is neither in GROUP BY nor in an aggregate, so a group has several values of it`,
    `Group by it too, or choose one of its values: min(${text}), max_by(${text}, …).`,
  );
}

/** The first name in an expression that has several values in a group. */
function ungrouped(value: Expression, texts: ReadonlySet<string>, columnOf: ColumnOf): Expression | undefined {
  if (value.kind === 'call' && (isAggregate(value) || value.name === 'grouping')) return undefined;
  const column = columnOf(value);
  if (column !== undefined) return texts.has(column) ? undefined : value;
  if (texts.size > 0 && texts.has(textOf(value, columnOf))) return undefined;
  return firstOf(operandsOf(value), (operand) => ungrouped(operand, texts, columnOf));
}

function refuseMisplaced({ where, groupBy, items, having }: Select, statement: Statement): void {
  const refuse = (call: Call | undefined, message: string, advice: string): void => {
    if (call !== undefined) throw misplaced(call, statement, message, advice);
  };
  const before = [...given(where), ...groupBy.flatMap(groupingOperands)];
  for (const value of before) {
    refuse(aggregateIn(value), 'stands where rows are not grouped yet', 'Use HAVING, or a SELECT around this one.');
    refuse(windowIn(value), 'stands where its window has no rows yet', 'Compute it in a CTE first.');
  }
  const after = [...items.flatMap((item) => (item.kind === 'expression' ? [item.value] : [])), ...given(having)];
  for (const value of after) {
    refuse(nestedIn(value), 'stands within another aggregate', 'Compute the inner one in a CTE first.');
  }
  if (having !== undefined) refuse(windowIn(having), 'stands in HAVING', 'Filter by it in a SELECT around this one.');
}

const misplaced = ({ name, at }: Call, { placeOf }: Statement, message: string, advice: string): TributaryError =>
  compileError('sql_error', placeOf(at), `${name} ${message}`, advice);

const aggregateIn = (value: Expression): Call | undefined => callIn(value, isAggregate);
const windowIn = (value: Expression): Call | undefined => callIn(value, ({ over }) => over !== undefined);

/** An aggregate or window within an aggregate. */
function nestedIn(value: Expression): Call | undefined {
  const outer = aggregateIn(value);
  if (value !== outer) return firstOf(operandsOf(value), nestedIn);
  return firstOf(operandsOf(value), (operand) => aggregateIn(operand) ?? windowIn(operand));
}

/** The first such call in an expression, subqueries left out. */
function callIn(value: Expression, isMeant: (call: Call) => boolean): Call | undefined {
  if (value.kind === 'call' && isMeant(value)) return value;
  return firstOf(operandsOf(value), (operand) => callIn(operand, isMeant));
}

function firstOf<A, B>(items: readonly A[], find: (item: A) => B | undefined): B | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a GROUP BY item groups by: a number means the item of the list at that position. */
export const groupedValue = (value: Expression, items: readonly Expression[]): Expression =>
  value.kind === 'literal' && value.type === 'number' ? (items[Number(value.value) - 1] ?? value) : value;

const nameOf = (node: Expression): { readonly text: string; readonly at: number } =>
  node.kind === 'field'
    ? { text: node.name, at: node.nameAt }
    : { text: node.kind === 'name' ? node.name : '', at: node.at };
