import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues, lowerBound, serialize, upperBound } from '../../../../engine/iceberg/bounds.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('serialize', () => {
  // Appendix D of the Iceberg specification: single-value serialisation.
  it.each([
    ['boolean', true, bytes(1)],
    ['boolean', false, bytes(0)],
    ['int', -2, bytes(0xfe, 0xff, 0xff, 0xff)],
    ['date', 19_723, bytes(0x0b, 0x4d, 0, 0)],
    ['long', 34n, bytes(34, 0, 0, 0, 0, 0, 0, 0)],
    ['timestamp', 1_700_000_000_000_000n, bytes(0, 0x40, 0x1e, 0x18, 0x24, 0x0a, 6, 0)],
    ['float', 1.5, bytes(0, 0, 0xc0, 0x3f)],
    ['double', -1.5, bytes(0, 0, 0, 0, 0, 0, 0xf8, 0xbf)],
    ['string', 'é', bytes(0xc3, 0xa9)],
    ['decimal(18, 2)', 0n, bytes(0)],
    ['decimal(18, 2)', 127n, bytes(0x7f)],
    ['decimal(18, 2)', 128n, bytes(0, 0x80)],
    ['decimal(18, 2)', -128n, bytes(0x80)],
    ['decimal(18, 2)', -129n, bytes(0xff, 0x7f)],
  ])('writes %s %s', (type, value, expected) => {
    expect(serialize(type, value)).toEqual(expected);
  });

  it('keeps no bounds of types that have none', () => {
    expect(serialize('binary', 'x')).toBeUndefined();
    expect(serialize({ type: 'list', 'element-id': 2, element: 'int', 'element-required': false }, 1)).toBeUndefined();
  });
});

const codePoints = (value: Uint8Array | undefined): number =>
  value === undefined ? 0 : [...new TextDecoder().decode(value)].length;

describe('string bounds', () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });

  it('enclose every value and have at most sixteen code points', () => {
    fc.assert(
      fc.property(text, (value) => {
        const [lower, upper] = [lowerBound('string', value), upperBound('string', value)];
        const exact = Buffer.from(value);
        expect(Buffer.compare(lower ?? exact, exact)).toBeLessThanOrEqual(0);
        if (upper !== undefined) expect(Buffer.compare(upper, exact)).toBeGreaterThanOrEqual(0);
        expect(Math.max(codePoints(lower), codePoints(upper))).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('keep the order of the values', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [less, greater] = compareValues(one, other) <= 0 ? [one, other] : [other, one];
        const [low, high] = [lowerBound('string', less), lowerBound('string', greater)];
        expect(Buffer.compare(low ?? bytes(), high ?? bytes())).toBeLessThanOrEqual(0);
      }),
    );
  });

  it.each([
    ['sixteen letters!', 'sixteen letters!'],
    ['sixteen letters! and more', 'sixteen letters"'],
    [`${'a'.repeat(15)}\u{d7ff}x`, `${'a'.repeat(15)}\u{e000}`],
    [`${'a'.repeat(15)}\u{10ffff}x`, `${'a'.repeat(14)}b`],
    ['é'.repeat(20), `${'é'.repeat(15)}ê`],
    ['😀'.repeat(20), `${'😀'.repeat(15)}😁`],
  ])('above %j end at %j', (value, expected) => {
    expect(new TextDecoder().decode(upperBound('string', value))).toBe(expected);
  });

  it('are absent above a string that nothing short exceeds', () => {
    expect(upperBound('string', '\u{10ffff}'.repeat(17))).toBeUndefined();
  });
});

describe('number bounds', () => {
  it('keep a decimal’s value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (value) => {
        const hex = Buffer.from(serialize('decimal(38, 4)', value) ?? []).toString('hex');
        expect(BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`))).toBe(value);
      }),
    );
  });

  it('are absent for NaN, and take in both zeros', () => {
    expect(lowerBound('double', Number.NaN)).toBeUndefined();
    expect(upperBound('double', Number.NaN)).toBeUndefined();
    expect(lowerBound('double', 0)).toEqual(serialize('double', -0));
    expect(upperBound('double', -0)).toEqual(serialize('double', 0));
  });
});
