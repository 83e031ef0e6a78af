import { describe, expect, it } from 'vitest';
import { tableToProfile } from '../../../cli/profile/target.ts';
import { profileText } from '../../../cli/profile/text.ts';
import type { ColumnProfile, TableProfile } from '../../../engine/profile/profile.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const manifest = compileSketches(silverSales);
const everything = { columns: undefined, key: undefined };
const target = (text: string, options: Partial<Parameters<typeof tableToProfile>[1]> = {}, known = manifest) =>
  tableToProfile(text, { ...everything, ...options }, known, [posTransactions]);

describe('what is profiled', () => {
  it('is a model by its full name or its last part, with the key of its unique check', () => {
    const expected = {
      name: 'silver.sales',
      key: ['sale_id'],
      columns: [
        { name: 'sale_id', type: 'varchar', isShown: true },
        { name: 'customer_id', type: 'varchar', isShown: false },
        { name: 'amount', type: 'decimal(18,2)', isShown: true },
      ],
    };
    expect(target('silver.sales')).toEqual(expected);
    expect(() => target('sales')).toThrow(
      expect.objectContaining({ code: 'unknown_table', advice: 'Name one of silver.sales, bronze.sales.' }),
    );
  });

  it('are the columns that are named, and another key', () => {
    const { columns, key } = target('silver.sales', { columns: ['amount'], key: ['customer_id'] });
    expect(columns.map(({ name }) => name)).toEqual(['amount']);
    expect(key).toEqual(['customer_id']);
  });

  it('shows of a source only what its contract says may be shown', () => {
    const name = 'bronze.pos_transactions';
    const columns = [
      'transaction_id',
      'line_number',
      'customer_id',
      'updated_at',
      '_origin',
      '_subject',
      '_extra',
      'unheard_of',
    ];
    const sources = manifest.sources.map((source) => ({
      ...source,
      name,
      columns: columns.map((column) => ({ name: column, type: 'string' })),
    }));
    const { columns: found } = target(name, {}, { ...manifest, sources });
    expect(found.filter(({ isShown }) => !isShown).map((column) => column.name)).toEqual([
      'customer_id',
      '_subject',
      '_extra',
      'unheard_of',
    ]);
  });

  it.each([
    ['silver.sale', {}, 'unknown_table', 'Did you mean "silver.sales"? '],
    ['silver.sales', { columns: ['amout'] }, 'unknown_column', 'Did you mean "amount"?'],
    ['silver.sales', { key: ['nope_at_all'] }, 'unknown_column', 'Columns: sale_id, customer_id, amount.'],
  ])('%s with %j is refused with advice', (text, options, code, advice) => {
    expect(() => target(text, options)).toThrow(
      expect.objectContaining({ code, advice: expect.stringContaining(advice) }),
    );
  });
});

const column: ColumnProfile = {
  name: 'sold_at',
  type: 'timestamp',
  isShown: true,
  nulls: 1,
  distinct: 3,
  min: '2026-01-01 00:00:00.000',
  max: '2026-01-03 00:00:00.000',
  numbers: {
    mean: 1_767_312_000,
    deviation: 70_000,
    quantiles: [1_767_225_600, 1_767_225_600, 1_767_312_000, 1_767_398_400, 1_767_398_400],
    histogram: [
      { from: 1_767_225_600, to: 1_767_312_000, rows: 1 },
      { from: 1_767_312_000, to: 1_767_398_400, rows: 1_000 },
    ],
    outliers: { beyondFences: 2, beyondThreeDeviations: 0 },
  },
  texts: null,
  top: [],
  hints: ['constant column'],
};

describe('a profile on a terminal', () => {
  const email: ColumnProfile = {
    ...column,
    name: 'email',
    type: 'varchar',
    isShown: false,
    min: null,
    max: null,
    numbers: null,
    top: [{ value: null, rows: 2 }],
    hints: [],
  };
  const profile: TableProfile = {
    table: 'silver.sales',
    rows: 4,
    duplicates: { key: ['sale_id'], rows: 1 },
    columns: [column, email],
  };
  const text = profileText(profile);

  it('has a line per column, with masks where values may not be shown', () => {
    expect(text).toContain('silver.sales: 4 rows, 1 duplicates by sale_id');
    expect(text).toMatch(/sold_at +timestamp +25.0 % +~3 +2026-01-01 00:00:00.000/);
    expect(text).toMatch(/email +varchar +25.0 % +~3 +\*\*\* +\*\*\*/);
    expect(text).toContain('***  ██████████████████████████████ 2');
  });

  it('draws histograms in which the least of bars can be seen, with quantiles, outliers and hints', () => {
    expect(text).toContain('2026-01-01 00:00 – 2026-01-02 00:00  █ 1\n');
    expect(text).toContain(`2026-01-02 00:00 – 2026-01-03 00:00  ${'█'.repeat(30)} 1,000\n`);
    expect(text).toContain('outliers: 2 by quartiles, 0 by deviations');
    expect(text).toContain('→ constant column');
  });

  it('bears an empty table', () => {
    const empty = { ...column, nulls: 0, distinct: 0, min: null, max: null, numbers: null, hints: [] };
    expect(profileText({ table: 'silver.none', rows: 0, duplicates: null, columns: [empty] })).toContain(
      'silver.none: 0 rows\n',
    );
  });
});
