import type { ColumnMetaData, FileMetaData, Statistics } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { footerStats } from '../../../engine/adapters/footer-stats.ts';
import { lowerBound, upperBound } from '../../../engine/iceberg/bounds.ts';

/** A file of one column with these row groups of ten values. */
function statsOf(type: string, ...groups: readonly (Statistics | undefined)[]) {
  const chunk = (statistics: Statistics | undefined) =>
    ({ path_in_schema: ['v'], num_values: 10n, total_compressed_size: 100n, statistics }) as unknown as ColumnMetaData;
  const row_groups = groups.map((statistics) => ({ columns: [{ meta_data: chunk(statistics) }] }));
  return footerStats({ row_groups } as unknown as FileMetaData, [{ id: 4, name: 'v', type }]).get(4);
}

describe('statistics from footers', () => {
  it('cover all row groups', () => {
    const groups = [
      { min_value: 5n, max_value: 9n, null_count: 1n },
      { min_value: -3n, max_value: 7n, null_count: 0n },
    ];
    expect(statsOf('bigint', ...groups)).toEqual({
      valueCount: 20,
      nullCount: 1,
      size: 200,
      lower: lowerBound('long', -3n),
      upper: upperBound('long', 9n),
    });
  });

  it('pass over row groups of nulls alone', () => {
    const stats = statsOf('varchar', { min_value: 'b', max_value: 'c', null_count: 0n }, { null_count: 10n });
    expect(stats).toMatchObject({ lower: lowerBound('string', 'b'), upper: upperBound('string', 'c') });
  });

  it('have no bounds where a row group does not tell', () => {
    const stats = statsOf('double', { min_value: 1, max_value: 2, null_count: 0n }, { null_count: 0n }, undefined);
    expect(stats).toEqual({ valueCount: 30, nullCount: 0, size: 300 });
  });

  it.each([
    ['timestamp(6)', 'timestamp', 1_700_000_000_123_456n],
    ['date', 'date', 20_483],
    ['boolean', 'boolean', true],
    ['real', 'float', 0.5],
  ])('of %s are exact', (type, name, value) => {
    const stats = statsOf(type, { min_value: value, max_value: value, null_count: 0n } as Statistics);
    expect(stats).toMatchObject({ lower: lowerBound(name, value), upper: upperBound(name, value) });
  });

  it('of decimals are exact up to 15 digits, and never within the values beyond', () => {
    const type = 'decimal(38, 2)';
    const small = statsOf(type, { min_value: -1.1, max_value: 9_999_999_999_999.99, null_count: 0n });
    expect(small?.lower).toEqual(lowerBound(type, -110n));
    expect(small?.upper).toEqual(upperBound(type, 999_999_999_999_999n));
    const digits = 12_345_678_901_234_567_890_123n;
    const large = statsOf(type, { min_value: Number(digits) / 100, max_value: Number(digits) / 100, null_count: 0n });
    const value = (bytes: Uint8Array | undefined): bigint => BigInt(`0x${Buffer.from(bytes ?? []).toString('hex')}`);
    expect(value(large?.lower)).toBeLessThan(digits);
    expect(value(large?.upper)).toBeGreaterThan(digits);
  });

  it('leave out what has no bounds', () => {
    const footer = { row_groups: [] } as unknown as FileMetaData;
    expect(footerStats(footer, [{ id: 1, name: 'v', type: 'array(bigint)', elementId: 2 }]).size).toBe(0);
    const raw = statsOf('varbinary', { min_value: 'a', max_value: 'b', null_count: 0n });
    expect(raw).toEqual({ valueCount: 10, nullCount: 0, size: 100 });
  });
});
