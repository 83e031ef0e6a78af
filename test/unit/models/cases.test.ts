import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileSketches, silverSales } from '../../fixtures/models.ts';
import { readCases } from './cases.ts';

const manifest = compileSketches(silverSales, {
  path: 'sql/gold/star/large.sql',
  columns: ['sale_id varchar', 'amount decimal(18,2)'],
  sql: `with kept as (select sale_id, amount from silver.sales where amount > 1), largest as (select sale_id, amount from kept)
        (select sale_id, amount from largest) union all select sale_id, amount from largest where false`,
});
const model = manifest.models.find(({ name }) => name === 'gold.large');

/** Reads a case file of the model. */
function read(...lines: readonly string[]) {
  if (model === undefined) throw new Error('the sketch gave no model');
  return readCases(join('sql', 'large.test.yaml'), lines.join('\n'), model, manifest);
}

const CASE = ['tests:', '  - name: one', '    given:', '      silver.sales:', '        - { sale_id: s1, amount: 2 }'];

describe('a case', () => {
  it('expects rows of the model, in the columns that it names', () => {
    const [one] = read(...CASE, '    expect:', '      - { sale_id: s1 }');
    expect(one).toMatchObject({ sql: model?.sql.duckdb, columns: [{ name: 'sale_id' }] });
  });

  it('or of a step, before its other steps', () => {
    const [one] = read(...CASE, '    cte: kept', '    expect: []');
    expect(one?.sql).toContain('select');
    expect(one?.sql).not.toContain('union all');
    expect(one?.columns).toEqual([
      { name: 'sale_id', type: 'varchar' },
      { name: 'amount', type: 'decimal(18,2)' },
    ]);
  });

  it.each<[what: string, line: number, message: string, lines: readonly string[]]>([
    ['names a step that is not there', 6, 'gold.large has no step kep', [...CASE, '    cte: kep', '    expect: []']],
    [
      'expects a column that is not there',
      7,
      'gold.large has no column sale',
      [...CASE, '    expect:', '      - { sale: s1 }'],
    ],
    [
      'expects a column that its step has not',
      8,
      'kept has no column total',
      [...CASE, '    cte: kept', '    expect:', '      - { sale_id: s1, total: 2 }'],
    ],
    [
      'gives a table that the model does not read',
      4,
      'gold.large does not read bronze.sales',
      ['tests:', '  - name: one', '    given:', '      bronze.sales: []', '    expect: []'],
    ],
    [
      'gives a column that the table has not',
      6,
      'silver.sales has no column amout',
      [...CASE, '        - { amout: 2 }', '    expect: []'],
    ],
    ['has a misspelled key', 6, 'Unrecognized key: "expects"', [...CASE, '    expects: []', '    expect: []']],
    ['expects nothing at all', 2, 'Invalid input: expected array, received undefined', CASE],
    ['has a day that is none', 6, 'Invalid ISO date', [...CASE, '    as_of: 2018-02-30', '    expect: []']],
    ['is no YAML', 7, 'Flow map', [...CASE, '        - { sale_id: s1', '    expect: []']],
    ['is empty', 1, 'Invalid input: expected object, received null', ['']],
    ['is missing', 1, 'Too small: expected array to have >=1 items', ['tests: []']],
  ])('that %s is refused with file and line', (_, line, message, lines) => {
    expect(() => read(...lines)).toThrow(
      expect.objectContaining({
        code: 'bad_case',
        message: expect.stringContaining(message),
        where: `sql/large.test.yaml:${line}`,
      }),
    );
  });

  it('says what was probably meant', () => {
    expect(() => read(...CASE, '    cte: kep', '    expect: []')).toThrow(
      expect.objectContaining({ advice: 'Did you mean kept?' }),
    );
  });
});
