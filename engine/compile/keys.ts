import type { Expression, QueryBody, Relation, Select } from '../dialect/ast.ts';
import { type ColumnOf, columnId, columnsIn, conjuncts, textOf } from './expression-text.ts';
import { groupedValue, isGrouped } from './grouping.ts';
import type { ScopeRelation } from './scope.ts';

/** Positions of columns in which no two rows of a relation are equal. No positions: there is one row at most. */
export type Key = readonly number[];

/** Rows of a SELECT's FROM that agree in some columns agree in others, too. */
export interface Fact {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What is known of a relation's rows. */
export interface Keyed {
  readonly columns: readonly { readonly values?: readonly string[] }[];
  readonly keys: readonly Key[];
}

/** The rows of a SELECT's FROM and what is known of them. */
export interface From {
  readonly relations: readonly ScopeRelation[];
  readonly facts: readonly Fact[];
  readonly columnOf: ColumnOf;
}

/** Keys are for seeing that rows are told apart, not for finding all ways to do so. */
const MOST_KEYS = 6;

/** All columns that rows agree in if they agree in these. */
export function closure({ facts }: Pick<From, 'facts'>, columns: Iterable<string>): ReadonlySet<string> {
  const known = new Set(columns);
  for (let size = -1; size < known.size; ) {
    size = known.size;
    for (const { from, to } of facts) {
      if (from.every((column) => known.has(column))) for (const column of to) known.add(column);
    }
  }
  return known;
}

/** Whether no two rows agree in columns that a closure gave. */
export const tellsApart = (
  { relations }: { readonly relations: readonly Keyed[] },
  known: ReadonlySet<string>,
): boolean =>
  relations.every(({ keys }, relation) =>
    keys.some((key) => key.every((position) => known.has(columnId(relation, position)))),
  );

/** Its keys decide all columns of a relation. */
export function factsOfKeys({ columns, keys }: Keyed, relation: number): readonly Fact[] {
  const all = columns.map((_, position) => columnId(relation, position));
  return keys.map((key) => ({ from: key.map((position) => columnId(relation, position)), to: all }));
}

/** What follows from a condition that all rows pass: a column that equals an expression is decided by its columns. */
export function factsOfCondition(condition: Expression | undefined, columnOf: ColumnOf): readonly Fact[] {
  const decided = (column: string | undefined, value: Expression): readonly Fact[] => {
    const from = columnsIn(value, columnOf);
    return column === undefined || from === undefined ? [] : [{ from, to: [column] }];
  };
  return conjuncts(condition).flatMap((term) =>
    term.kind === 'comparison' && term.operator === '='
      ? [...decided(columnOf(term.left), term.right), ...decided(columnOf(term.right), term.left)]
      : [],
  );
}

const equal = (one: string, other: string): readonly Fact[] => [
  { from: [one], to: [other] },
  { from: [other], to: [one] },
];

const isConstant = ({ kind }: Expression): boolean => kind === 'literal' || kind === 'typed_literal';

type Join = Extract<Relation, { kind: 'join' }>;

/** What follows from a join of which `first` is the position of the right side's first relation. */
export function factsOfJoin(
  { type, on, using }: Join,
  { relations, facts, columnOf }: From,
  first: number,
  merged: readonly (readonly [string, string])[],
): readonly Fact[] {
  if (using.length > 0) return merged.flatMap(([one, other]) => equal(one, other));
  const known = factsOfCondition(on, columnOf);
  if (type === 'inner' || type === 'cross') return known;
  const mentioned = on && columnsIn(on, columnOf);
  if (mentioned === undefined || type === 'full') return [];
  // A row without a partner has nulls for it, so the partner is decided by what the condition says of the row.
  const isOptional = (column: string): boolean => Number(column.split('.')[0]) >= first === (type === 'left');
  const matched = known.flatMap(({ from, to }) => (from.some(isOptional) ? [] : to.filter(isOptional)));
  const optional = relations.map(
    (relation, position): Keyed => (isOptional(columnId(position, 0)) ? relation : SINGLE_ROW),
  );
  if (!tellsApart({ relations: optional }, closure({ facts }, matched))) return [];
  const partner = optional.flatMap(({ columns }, relation) =>
    columns.map((_, position) => columnId(relation, position)),
  );
  return [{ from: mentioned.filter((column) => !isOptional(column)), to: partner }];
}

/** A relation that leaves nothing to be told apart. */
export const SINGLE_ROW: Keyed = { columns: [], keys: [[]] };

/** Keys of a SELECT's result, as far as they can be seen. */
export function keysOfSelect(select: Select, from: From): readonly Key[] {
  const items = select.items.flatMap((item) => (item.kind === 'expression' ? [item.value] : []));
  const columns = items.map((item) => from.columnOf(carriedBy(item)));
  const positionOf = (text: string): number => {
    const exact = columns.indexOf(text);
    if (exact >= 0) return exact;
    const decides = columns.findIndex((column) => column !== undefined && closure(from, [column]).has(text));
    return decides >= 0 ? decides : items.findIndex((item) => textOf(item, from.columnOf) === text);
  };
  const found = [
    ...candidates(select, items, from).map((texts) => least(texts, from).map(positionOf)),
    ...items.flatMap((item, index) => {
      if (item.kind !== 'call' || item.name !== 'row_number' || item.over === undefined) return [];
      const partition = item.over.base === undefined ? item.over.partitionBy : undefined;
      return partition === undefined
        ? []
        : [[...partition.map((value) => positionOf(textOf(value, from.columnOf))), index]];
    }),
    ...(select.distinct ? [items.map((_, index) => index)] : []),
  ];
  return found.filter((key) => !key.includes(-1)).slice(0, MOST_KEYS);
}

/** Columns, or texts of what is grouped by, that tell the rows apart before the list picks from them. */
function candidates(select: Select, items: readonly Expression[], { relations, columnOf }: From): readonly string[][] {
  if (!isGrouped(select)) {
    return relations.reduce<string[][]>(
      (found, { keys }, relation) =>
        found
          .flatMap((columns) => keys.map((key) => [...columns, ...key.map((position) => columnId(relation, position))]))
          .slice(0, MOST_KEYS),
      [[]],
    );
  }
  const grouped = select.groupBy.map((element) => (element.kind === 'simple' ? element.value : undefined));
  if (grouped.includes(undefined)) return [];
  return [grouped.flatMap((value) => (value === undefined ? [] : [textOf(groupedValue(value, items), columnOf)]))];
}

/** The columns without those that the others decide. */
function least(columns: readonly string[], from: From): readonly string[] {
  return columns.reduce<readonly string[]>((kept, column) => {
    const others = kept.filter((other) => other !== column);
    return closure(from, others).has(column) ? others : kept;
  }, columns);
}

/** What an expression differs by if and only if its value does: itself, or the one part that is not constant. */
export function carriedBy(value: Expression): Expression {
  const parts =
    value.kind === 'concat'
      ? [value.left, value.right]
      : value.kind === 'call' && value.name === 'concat'
        ? value.args
        : [];
  const [only, another] = parts.filter((part) => !isConstant(part));
  return only === undefined || another !== undefined ? value : carriedBy(only);
}

/** Keys of rows that a set operation makes of two sides. */
export function keysOfSet(
  { operator, distinct }: Extract<QueryBody, { kind: 'set' }>,
  left: Keyed,
  right: Keyed,
): readonly Key[] {
  const whole = distinct ? [left.columns.map((_, position) => position)] : [];
  if (operator !== 'union') return [...left.keys, ...whole].slice(0, MOST_KEYS);
  // A column of constants that differ from side to side tells from which one a row is.
  const side = left.columns.findIndex(({ values }, position) => areApart(values, right.columns[position]?.values));
  const apart = side < 0 ? [] : left.keys.flatMap((one) => right.keys.map((other) => [side, ...one, ...other]));
  return [...apart.map((key) => [...new Set(key)]), ...whole].slice(0, MOST_KEYS);
}

const areApart = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one !== undefined && other !== undefined && !one.some((value) => other.includes(value));
