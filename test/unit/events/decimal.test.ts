import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOfUnits, unitsOfBigint, unitsOfNumber, unitsOfText } from '../../../events/validator/decimal.ts';

describe('decimals from text', () => {
  it.each([
    ['12.34', 2, 1234],
    ['-12.34', 2, -1234],
    ['+5', 2, 500],
    ['.5', 2, 50],
    ['5.', 2, 500],
    ['0.0001', 4, 1],
    ['-0', 2, 0],
    [' 7.10 ', 2, 710],
    ['1e3', 2, 100_000],
    ['1.5E-1', 2, 15],
    ['1.005', 2, 101],
    ['-1.005', 2, -101],
    ['0.004', 2, 0],
    ['0.0000000000000000000000005', 2, 0],
    ['2.4899999999999998', 2, 249],
  ])('reads %s at scale %i as %i units', (text, scale, units) => {
    expect(unitsOfText(text, scale)).toBe(units);
  });

  it('keeps what a double cannot hold', () => {
    expect(unitsOfText('1234567890123456.78', 2)).toBe(123456789012345678n);
  });

  it.each(['', '-', '.', 'abc', '1,5', '1.2.3', '0x10', 'NaN', 'Infinity', '1e', '١٢'])('refuses %j', (text) => {
    expect(unitsOfText(text, 2)).toBeUndefined();
  });

  it('reads back what it writes, at any size', () => {
    const units = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 6 }), (value, scale) => {
        expect(BigInt(unitsOfText(textOfUnits(value, scale), scale) ?? Number.NaN)).toBe(value);
      }),
    );
  });
});

describe('decimals from numbers', () => {
  it('takes halves by the digits, not by the binary fraction', () => {
    expect(unitsOfNumber(1.005, 2)).toBe(101);
    expect(unitsOfNumber(-1.005, 2)).toBe(-101);
    expect(unitsOfNumber(0.1 + 0.2, 2)).toBe(30);
  });

  it('agrees with the same number sent as text', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.integer().map((thousandths) => thousandths / 1000),
    );
    fc.assert(
      fc.property(number, fc.constantFrom(0, 2, 4, 6), (value, scale) => {
        expect(unitsOfNumber(value, scale)).toBe(unitsOfText(String(value), scale));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what is no finite number', () => {
    expect(unitsOfNumber(Number.NaN, 2)).toBeUndefined();
    expect(unitsOfNumber(Number.POSITIVE_INFINITY, 2)).toBeUndefined();
  });

  it('scales whole numbers', () => {
    expect(unitsOfBigint(12n, 2)).toBe(1200);
    expect(unitsOfBigint(10n ** 17n, 2)).toBe(10n ** 19n);
  });
});
