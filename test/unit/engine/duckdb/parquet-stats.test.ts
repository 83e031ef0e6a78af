import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnStats, parseValue } from '../../../../engine/adapters/duckdb/parquet-stats.ts';
import { serialize } from '../../../../engine/iceberg/bounds.ts';

describe('parseValue', () => {
  it.each([
    ['boolean', '1', true],
    ['boolean', '0', false],
    ['int', '-7', -7],
    ['long', '9223372036854775807', 9_223_372_036_854_775_807n],
    ['double', '-0.0', -0],
    ['decimal(18, 2)', '-0.05', -5n],
    ['decimal(18, 2)', '12345678901234.50', 1_234_567_890_123_450n],
    ['decimal(38, 0)', '7', 7n],
    ['date', '1969-12-31', -1],
    ['date', '12026-01-01', 3_672_879],
    ['timestamp', '1970-01-01 00:00:00.000001', 1n],
    ['timestamp', '1969-12-31 23:59:59.5', -500_000n],
    ['timestamptz', '2000-01-01 00:00:00+00', 946_684_800_000_000n],
    ['string', '', ''],
  ])('reads %s %j', (type, text, value) => {
    expect(parseValue(type, text)).toBe(value);
  });

  it.each([
    ['date', 'infinity'],
    ['date', '0044-03-15 (BC)'],
    ['timestamp', '-infinity'],
    ['binary', '\\x00'],
    ['int', undefined],
  ])('knows no bound for %s %j', (type, text) => {
    expect(parseValue(type, text)).toBeUndefined();
  });

  it('reads any date and time that DuckDB writes', () => {
    const moment = fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, (date) => {
        const text = date.toISOString().replace('T', ' ').replace('Z', '');
        expect(parseValue('timestamp', text)).toBe(BigInt(date.getTime()) * 1000n);
        expect(parseValue('date', text.slice(0, 10))).toBe(Math.floor(date.getTime() / 86_400_000));
      }),
    );
  });
});

describe('columnStats', () => {
  const reported = { num_values: '10', null_count: '2', column_size_bytes: '64' };

  it('converts counts and bounds', () => {
    const column = { id: 1, name: 'amount', type: 'decimal(18,2)' };
    expect(columnStats(column, { ...reported, min: '-0.05', max: '1.27' })).toEqual({
      valueCount: 10,
      nullCount: 2,
      size: 64,
      lower: serialize('decimal(18, 2)', -5n),
      upper: serialize('decimal(18, 2)', 127n),
    });
  });

  it('has no bounds where all values are null, and nothing at all for arrays', () => {
    const counts = { valueCount: 10, nullCount: 2, size: 64 };
    expect(columnStats({ id: 1, name: 'a', type: 'varchar' }, reported)).toEqual(counts);
    expect(columnStats({ id: 1, name: 'a', type: 'array(varchar)' }, reported)).toBeUndefined();
  });
});
