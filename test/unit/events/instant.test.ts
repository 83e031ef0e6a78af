import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysOfText, microsOfText, textOfDays, textOfMicros, UtcMicros } from '../../../events/validator/instant.ts';

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;

describe('timestamps', () => {
  it.each([
    ['2017-01-01T11:53:26Z', '2017-01-01T11:53:26Z'],
    ['2017-01-01 11:53:26', '2017-01-01T11:53:26Z'],
    ['2017-01-01T11:53', '2017-01-01T11:53:00Z'],
    ['2017-01-01T11:53Z', '2017-01-01T11:53:00Z'],
    ['2017-01-01', '2017-01-01T00:00:00Z'],
    ['2017-01-01T00:30:00+01:00', '2016-12-31T23:30:00Z'],
    ['2017-01-01T00:30:00-0330', '2017-01-01T04:00:00Z'],
    ['2017-01-01T00:30:00+01', '2016-12-31T23:30:00Z'],
    ['2016-02-29T12:00:00.5Z', '2016-02-29T12:00:00.500Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ])('reads %s', (text, iso) => {
    expect(BigInt(microsOfText(text) ?? 0)).toBe(micros(iso));
  });

  it('keeps microseconds and cuts what is finer', () => {
    expect(microsOfText('1970-01-01T00:00:00.123456789Z')).toBe(123_456);
  });

  it('holds the far future exactly', () => {
    expect(BigInt(microsOfText('9999-12-31T23:59:59.999999Z') ?? 0)).toBe(253_402_300_799_999_999n);
  });

  it.each([
    '',
    'yesterday',
    '2017-02-29',
    '2017-13-01',
    '2017-00-10',
    '2017-01-32',
    '2017-01-01T24:00:00Z',
    '2017-01-01T10:60:00Z',
    '2017-01-01T10:00:60Z',
    '2017-01-01T10:00:00.Z',
    '2017-01-01T10:00:00z',
    '2017-01-01T10:00:00+19:00',
    '2017-01-01T10:00:00+0',
    '2017-01-01T10:00:00Z ',
    '2017/01/01',
    '01.02.2017',
    '1483268006',
  ])('refuses %j', (text) => {
    expect(microsOfText(text)).toBeUndefined();
  });

  it('reads what JavaScript writes, over four hundred years', () => {
    const date = fc.date({ min: new Date('1700-01-01'), max: new Date('2100-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (at) => {
        expect(BigInt(microsOfText(at.toISOString()) ?? 0)).toBe(BigInt(at.getTime()) * 1000n);
      }),
    );
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 17n }), (instant) => {
        expect(BigInt(microsOfText(textOfMicros(instant)) ?? 0)).toBe(instant);
        expect(new UtcMicros(instant).toJSON()).toBe(textOfMicros(instant));
      }),
    );
  });
});

describe('dates', () => {
  it('reads a day, and a midnight as its day', () => {
    expect(daysOfText('2017-03-03')).toBe(17_228);
    expect(daysOfText('2017-03-03 00:00:00')).toBe(17_228);
    expect(daysOfText('1969-12-31')).toBe(-1);
  });

  it.each(['2017-03-03T10:00:00Z', '2017-02-30', '', '20170303'])('refuses %j', (text) => {
    expect(daysOfText(text)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 1_000_000 }), (days) => {
        expect(daysOfText(textOfDays(days))).toBe(days);
      }),
    );
  });
});
