import type { Expression, Name } from '../dialect/ast.ts';
import type { PartitionUnit } from '../partitions.ts';

/** An input whose rows are followed through a SELECT. */
export interface DrivenInput {
  /** Column that says to which partition a row belongs. */
  readonly column: string | undefined;
  readonly key: readonly string[];
  readonly lookback: number;
}

/** What is known of a column's values, beside its name. */
export interface Marks {
  /** Each value lies in the partition of a driven row that the row was made from. */
  readonly isPartition: boolean;
  /** Of which driven inputs it is a column of the key, and at which position. */
  readonly keys: ReadonlyMap<string, number>;
}

export interface Column extends Marks {
  readonly name: string;
}

/** A relation: the driven inputs that its rows were made from (none: it is there whole), and its marked columns. */
export interface Rows {
  readonly alias: string | undefined;
  readonly inputs: ReadonlySet<string>;
  readonly columns: readonly Column[];
}

export const NO_MARKS: Marks = { isPartition: false, keys: new Map() };

/** Functions that give one of the values of their first argument. */
const CHOOSING: ReadonlySet<string> = new Set([
  'min',
  'max',
  'min_by',
  'max_by',
  'arbitrary',
  'first_value',
  'last_value',
]);

/** Units that a moment may be cut to without leaving its partition. */
const FINER: Readonly<Record<PartitionUnit, readonly string[]>> = {
  day: ['second', 'minute', 'hour', 'day'],
  month: ['second', 'minute', 'hour', 'day', 'month'],
};

/** The marks of an expression over relations. */
export function marksOf(value: Expression, scope: readonly Rows[], unit: PartitionUnit | undefined): Marks {
  switch (value.kind) {
    case 'name':
      return find(scope, value.name);
    case 'field':
      return value.base.kind === 'name'
        ? find(
            scope.filter(({ alias }) => value.base.kind === 'name' && alias === value.base.name.toLowerCase()),
            value.name,
          )
        : NO_MARKS;
    case 'cast':
      return value.type.kind === 'named' && ['date', 'timestamp'].includes(value.type.name) && !value.type.zoned
        ? onlyPartition(marksOf(value.value, scope, unit))
        : NO_MARKS;
    case 'call':
      return marksOfCall(value, scope, unit);
    default:
      return NO_MARKS;
  }
}

function marksOfCall(
  { name, args }: Extract<Expression, { kind: 'call' }>,
  scope: readonly Rows[],
  unit: PartitionUnit | undefined,
): Marks {
  const [first, second] = args;
  if (first === undefined) return NO_MARKS;
  if (CHOOSING.has(name) || name === 'date') return onlyPartition(marksOf(first, scope, unit));
  const isCut = name === 'date_trunc' && first.kind === 'literal' && unit !== undefined;
  if (!isCut || second === undefined || !FINER[unit].includes(first.value.toLowerCase())) return NO_MARKS;
  return onlyPartition(marksOf(second, scope, unit));
}

const onlyPartition = ({ isPartition }: Marks): Marks => ({ ...NO_MARKS, isPartition });

function find(scope: readonly Rows[], name: string): Marks {
  const found = scope.flatMap(({ columns }) => columns).find((column) => column.name === name.toLowerCase());
  return found ?? NO_MARKS;
}

/** The relation with its columns renamed by position, as far as there are names. */
export const renamed = (rows: Rows, names: readonly Name[]): Rows => ({
  ...rows,
  columns: rows.columns.map((column, index) => ({ ...column, name: names[index]?.text.toLowerCase() ?? column.name })),
});

export const withoutMarks = (rows: Rows): Rows => ({
  ...rows,
  columns: rows.columns.map(({ name }) => ({ name, ...NO_MARKS })),
});

/** The relation after its rows came to depend on others of their partition: keys alone tell no more what they need. */
export const withoutKeys = (rows: Rows): Rows => ({
  ...rows,
  columns: rows.columns.map((column) => ({ ...column, keys: NO_MARKS.keys })),
});

/** The columns of a set operation. A side that nothing drives is there whole and restricts nothing. */
export function together(left: Rows, right: Rows): Rows {
  const inputs = new Set([...left.inputs, ...right.inputs]);
  if (right.inputs.size === 0) return { ...left, inputs };
  if (left.inputs.size === 0) {
    return {
      ...right,
      columns: right.columns.map((column, index) => ({ ...column, name: left.columns[index]?.name ?? '' })),
    };
  }
  const columns = left.columns.map((column, index) => {
    const other = right.columns[index] ?? NO_MARKS;
    const isKeyOf = ([input, position]: readonly [string, number]): boolean =>
      (!left.inputs.has(input) || column.keys.get(input) === position) &&
      (!right.inputs.has(input) || other.keys.get(input) === position);
    return {
      name: column.name,
      isPartition: column.isPartition && other.isPartition,
      keys: new Map([...column.keys, ...other.keys].filter(isKeyOf)),
    };
  });
  return { alias: undefined, inputs, columns };
}
