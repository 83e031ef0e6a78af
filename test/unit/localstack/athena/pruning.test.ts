import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseValue } from '../../../../engine/adapters/duckdb/parquet-stats.ts';
import { parseQueryText } from '../../../../engine/dialect/index.ts';
import { compareValues, lowerBound, upperBound } from '../../../../engine/iceberg/bounds.ts';
import { type Condition, conditionsIn } from '../../../../localstack/athena/tables/conditions.ts';
import { mayHavePartition, mayHaveRows } from '../../../../localstack/athena/tables/pruning.ts';

/** Conditions on each table of a query, by its name. */
function conditions(sql: string): Readonly<Record<string, readonly string[]>> {
  const written = ({ column, operator, values }: Condition): string =>
    `${column} ${operator} ${values.map(({ text }) => text).join('|')}`;
  const entries = [...conditionsIn(parseQueryText(sql))];
  return Object.fromEntries(entries.map(([table, found]) => [table.name.parts.join('.'), found.map(written)]));
}

describe('conditions that rows must meet', () => {
  it.each([
    ["a = 1 and 'x' <= b", ['a = 1', 'b >= x']],
    [
      "a between -2 and 3 and d in (date '2024-01-01', date '2024-01-02')",
      ['a >= -2', 'a <= 3', 'd = 2024-01-01|2024-01-02'],
    ],
    ['t.a = 1 and T.B > 2 and other.a = 3', ['a = 1', 'b > 2']],
    ['a = 1 or b = 2', []],
    ['not (a = 1) and a <> 2 and a not in (3) and a not between 1 and 2', []],
    ['a = b and a + 1 = 2 and a in (1, b) and a is null', []],
  ])('%s', (where, expected) => {
    expect(conditions(`select * from t where ${where}`)).toEqual({ t: expected });
  });

  it('are told apart by their tables', () => {
    const sql = 'select * from g.s as x left join g.s2 on x.id = s2.id where x.a = 1 and g.s2.b = 2 and c = 3';
    expect(conditions(sql)).toEqual({ 'g.s': ['a = 1'], 'g.s2': ['b = 2'] });
    expect(conditions('select * from g.t, h.t where t.a = 1 and h.t.a = 2')).toEqual({ 'g.t': [], 'h.t': ['a = 2'] });
    expect(conditions('select * from t as x (b) where b = 1')).toEqual({});
    expect(conditions('select * from t cross join unnest(t.list) as u (a) where a = 1')).toEqual({ t: [] });
  });
});

const OPERATORS = ['=', '<', '<=', '>', '>='] as const;
const holds = (operator: Condition['operator'], order: number): boolean =>
  ({ '=': order === 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 })[operator];

describe('files left out', () => {
  const kinds = [
    ['bigint', 'long', 'number', fc.bigInt({ min: -1000n, max: 1000n }).map(String)],
    ['integer', 'int', 'number', fc.integer({ min: -1000, max: 1000 }).map(String)],
    [
      'decimal(18,2)',
      'decimal(18, 2)',
      'number',
      fc.integer({ min: -999, max: 999 }).map((cents) => (cents / 100).toFixed(2)),
    ],
    ['varchar', 'string', 'string', fc.string({ unit: 'grapheme', maxLength: 24 })],
    ['date', 'date', 'date', fc.integer({ min: 1, max: 28 }).map((day) => `2024-02-${String(day).padStart(2, '0')}`)],
  ] as const;

  it.each(kinds)('never have a row that meets the conditions: %s', (type, icebergType, constantType, texts) => {
    const columns = [{ id: 7, name: 'c', type }];
    const scalar = (text: string) => parseValue(icebergType, text) ?? '';
    const rows = fc.array(texts, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, texts, fc.constantFrom(...OPERATORS), (values, constant, operator) => {
        const sorted = values.map(scalar).sort(compareValues);
        const lower = lowerBound(icebergType, sorted[0] ?? '');
        const upper = upperBound(icebergType, sorted.at(-1) ?? '');
        const stats = {
          valueCount: values.length,
          nullCount: 0,
          size: 1,
          ...(lower && { lower }),
          ...(upper && { upper }),
        };
        const condition = { column: 'c', operator, values: [{ type: constantType, text: constant }] };
        const hasRow = sorted.some((value) => holds(operator, compareValues(value, scalar(constant))));
        const isKept = mayHaveRows({ stats: new Map([[7, stats]]) }, columns, [condition]);
        expect(isKept || !hasRow).toBe(true);
        const isPartitionKept = values.some((value) =>
          mayHavePartition({ values: { c: value } }, [{ name: 'c', type }], [condition]),
        );
        expect(isPartitionKept).toBe(hasRow);
      }),
    );
  });

  it('are kept where their bounds are not known', () => {
    const condition: Condition = { column: 'c', operator: '=', values: [{ type: 'number', text: '1' }] };
    expect(mayHaveRows({ stats: new Map() }, [{ id: 7, name: 'c', type: 'bigint' }], [condition])).toBe(true);
    expect(mayHavePartition({ values: { c: '1' } }, [{ name: 'c', type: 'double' }], [condition])).toBe(true);
  });
});
