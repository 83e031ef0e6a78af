import { parseTypeName } from '../../engine/dialect/index.ts';
import type { SqlType } from '../../engine/dialect/types.ts';

/** Sums of doubles depend on the order of their addition. */
const RELATIVE_TOLERANCE = 1e-9;

type Row = readonly unknown[];

/** What is different between the rows that two engines gave, in a few lines; undefined where nothing is. */
export function difference(one: readonly Row[], other: readonly Row[], types: readonly string[]): string | undefined {
  if (one.length !== other.length) return `${one.length} rows and ${other.length}`;
  const parsed = types.map(parseTypeName);
  const [left, right] = [one, other].map((rows) =>
    inOrder(
      rows.map((row) => canonicalRow(row, parsed)),
      parsed,
    ),
  );
  const unequal = (left ?? []).flatMap((row, index) => {
    const twin = right?.[index] ?? [];
    return row.every((value, column) => areEqual(value, twin[column])) ? [] : [[row, twin]];
  });
  if (unequal.length === 0) return undefined;
  const shown = unequal.slice(0, 3).map((pair) => pair.map((row) => JSON.stringify(row)).join('\n  '));
  return [`${unequal.length} of ${one.length} rows differ:`, ...shown].join('\n  ');
}

const canonicalRow = (row: Row, types: readonly SqlType[]): Row =>
  row.map((value, index) => canonical(value, types[index] ?? { kind: 'any' }));

/** A value in the one spelling that all engines' values are brought to. */
function canonical(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'double':
    case 'real':
      return Number(value);
    case 'boolean':
      return Boolean(value);
    case 'timestamp':
      return String(value)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
    case 'array':
      return listOf(value).map((item) => canonical(item, type.element));
    case 'row':
      return listOf(value).map((item, index) => canonical(item, type.fields[index]?.type ?? { kind: 'any' }));
    default:
      return String(value);
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : Object.values(Object(value)));

/** By all columns, by doubles last: they alone may differ a little between engines. */
function inOrder(rows: readonly Row[], types: readonly SqlType[]): readonly Row[] {
  const isDouble = types.map(({ kind }) => kind === 'double' || kind === 'real');
  const keyed = rows.map((row) => ({
    row,
    key: JSON.stringify(row.filter((_, index) => !isDouble[index])),
    doubles: row.filter((_, index) => isDouble[index]).map(Number),
  }));
  keyed.sort((a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -1 : 1;
    return a.doubles.reduce((order, value, index) => order || value - (b.doubles[index] ?? 0), 0);
  });
  return keyed.map(({ row }) => row);
}

function areEqual(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    return Object.is(one, other) || Math.abs(one - other) <= Math.abs(one) * RELATIVE_TOLERANCE;
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
