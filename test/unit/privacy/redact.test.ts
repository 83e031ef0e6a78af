import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownValue, redact } from '../../../events/privacy/redact.ts';

const jane: readonly KnownValue[] = [
  { kind: 'name', value: 'Jané' },
  { kind: 'name', value: 'O’Neill-Smith' },
  { kind: 'address', value: '12 High Street, Leeds' },
  { kind: 'postcode', value: 'LS1 4AP' },
  { kind: 'email', value: 'jane@example.com' },
];

describe('a text', () => {
  it.each([
    ['write to Jane.Doe+x@mail.example.co.uk.', 'write to [email].'],
    ['<jane@localhost>,(joe@example.com)', '<[email]>,([email])'],
    ['a@b@c', '[email]@c'],
    ['call +44 (0)20 7946 0958 or 07700-900123!', 'call [phone] or [phone]!'],
    ['call (202) 555-0143', 'call [phone]'],
    ['my card 4111 1111 1111 1111 is gone', 'my card [card] is gone'],
    ['4111-1111-1111-1112', '[number]'],
    ['pay GB82 WEST 1234 5698 7654 32 please', 'pay [iban] please'],
    ['pay de89370400440532013000.', 'pay [iban].'],
    ['from 203.0.113.7, or 2001:db8::7', 'from [ip], or [ip]'],
    ['order 123456 of 2026-11-21 at 10:30:45, 3.5 kg', 'order 123456 of 2026-11-21 at 10:30:45, 3.5 kg'],
    ['version 1.2.3, 999.1.1.1', 'version 1.2.3, 999.1.1.1'],
    ['GB82 is not an account', 'GB82 is not an account'],
    ['@ and a@ and @b', '@ and a@ and @b'],
    ['', ''],
  ])('%j becomes %j', (text, redacted) => {
    expect(redact(text, [])).toBe(redacted);
  });

  it.each([
    ['Regards, JANE', 'Regards, [name]'],
    ['Jane´s parcel; jané', '[name]´s parcel; [name]'],
    ['O’Neill-Smith, oneill, Smith', '[name], oneill, [name]'],
    ['Mr ONEILLSMITH', 'Mr [name]'],
    ['Janet and blacksmith stay', 'Janet and blacksmith stay'],
    ['I live at 12 high  street in ls1 4ap', 'I live at [address] in [postcode]'],
    ['12 High Street, Leeds', '[address]'],
    ['the high street', 'the high street'],
  ])('of Jane: %j becomes %j', (text, redacted) => {
    expect(redact(text, jane)).toBe(redacted);
  });

  it('leaves short names alone, unless they stand together', () => {
    const li: readonly KnownValue[] = [{ kind: 'name', value: 'Li Bo' }];
    expect(redact('li said Bo: Li Bo', li)).toBe('li said Bo: [name]');
  });

  it('never holds a name of its record, wherever it stood', () => {
    const name = fc.stringMatching(/^[A-Za-zÀ-ÖØ-öø-ÿ]{3,12}$/);
    fc.assert(
      fc.property(name, fc.string(), fc.string(), (value, before, after) => {
        const redacted = redact(`${before} ${value}, ${after}`, [{ kind: 'name', value }]);
        const words = redacted.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
        const outside = redacted.replaceAll(/\[\w+( date)?\]/g, ' ').match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
        expect(words.length).toBeGreaterThanOrEqual(outside.length);
        expect(outside.map((word) => word.toLowerCase())).not.toContain(value.toLowerCase());
      }),
    );
  });
});

describe('time', () => {
  const unit = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(...'a1A@.:+-( é\n[]GB') });
  const BYTES = 256 * 1024;

  it.each(['@', 'a@', 'a', '1', '1 ', '1.', 'a:', 'AA11', 'AA11 ', ' ', 'jane ', '12 high ', '1.1.1.1.', '+(', 'é '])(
    'is in proportion to the text, also of nothing but %j',
    (piece) => {
      const text = piece.repeat(BYTES / piece.length);
      redact(text, jane);
      const started = process.cpuUsage();
      redact(text, jane);
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1000).toBeLessThan(500);
    },
  );

  it('does not depend on what a text repeats', () => {
    fc.assert(
      fc.property(unit, (piece) => {
        const started = process.cpuUsage();
        redact(piece.repeat(BYTES / piece.length), jane);
        const { user, system } = process.cpuUsage(started);
        expect((user + system) / 1000).toBeLessThan(1000);
      }),
      { numRuns: 30 },
    );
  });
});
