import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineContract } from '../../../events/contracts/contract.ts';
import { date, integer, money, timestamp } from '../../../events/contracts/field.ts';
import { UtcMicros, WallClock } from '../../../events/validator/instant.ts';
import { objectLayout } from '../../../events/validator/layout.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';
import { timeFormat } from '../../../events/validator/time-format.ts';
import { zoneOf } from '../../../events/validator/zone.ts';

const contract = defineContract({
  source: 'times',
  version: 1,
  description: 'Times and numbers in several spellings',
  owner: 'tests',
  key: ['utc'],
  versionColumn: 'utc',
  eventTimeColumn: 'utc',
  transport: {},
  fields: {
    utc: timestamp('utc'),
    london: timestamp('london', { zone: 'Europe/London' }),
    till: timestamp('till', { zone: 'Europe/London', formats: ['dd/MM/yyyy HH:mm', 'd MMM yyyy h:mm a'] }),
    either: timestamp('either', { formats: ['dd/MM/yyyy', 'MM/dd/yyyy'] }),
    day: date('day', { formats: ['dd.MM.yyyy'] }),
    amount: money('amount'),
    grouped: money('grouped', { thousands: ',' }),
    count: integer('count', { thousands: ' ' }),
  },
});

type Name = keyof (typeof contract)['fields'];

/** The value that a field gets, or what is wrong. */
function read(name: Name, value: unknown): unknown {
  const batch = new RowBatch(contract, 1);
  const [problem] = batch.push(objectLayout(contract).values({ [name]: value }));
  return problem ? `${problem.code}: ${problem.message}` : batch.rows()[0]?.[name];
}

const london = zoneOf('Europe/London');
const seconds = (iso: string): number => Date.parse(`${iso}Z`) / 1000;

describe('times without a zone', () => {
  it('are in UTC, unless their field names a zone', () => {
    expect(read('utc', '2026-07-01T12:00:00')).toBe('2026-07-01T12:00:00.000000Z');
    expect(read('london', '2026-07-01T12:00:00')).toBe('2026-07-01T11:00:00.000000Z');
    expect(read('london', '2026-01-01 12:00:00.123456')).toBe('2026-01-01T12:00:00.123456Z');
    expect(read('london', '2026-07-01')).toBe('2026-06-30T23:00:00.000000Z');
  });

  it('with a zone of their own are in that one', () => {
    expect(read('london', '2026-07-01T12:00:00Z')).toBe('2026-07-01T12:00:00.000000Z');
    expect(read('london', '2026-07-01T12:00:00+05:30')).toBe('2026-07-01T06:30:00.000000Z');
  });

  it('from tables are read alike', () => {
    const noon = BigInt(seconds('2026-07-01T12:00:00')) * 1_000_000n + 1n;
    expect(read('london', new WallClock(noon))).toBe('2026-07-01T11:00:00.000001Z');
    expect(read('utc', new WallClock(noon))).toBe('2026-07-01T12:00:00.000001Z');
    expect(read('london', new UtcMicros(noon))).toBe('2026-07-01T12:00:00.000001Z');
  });

  it('are refused as ever when there is no such time', () => {
    expect(read('london', '2026-02-30T12:00:00')).toMatch(/^not_a_timestamp/);
    expect(read('london', '2026-02-03T25:00:00')).toMatch(/^not_a_timestamp/);
  });
});

describe('a zone', () => {
  it.each([
    // 01:00 to 02:00 is left out on 29 March 2026, and comes twice on 25 October.
    ['2026-03-29T00:59:59', '2026-03-29T00:59:59'],
    ['2026-03-29T01:30:00', '2026-03-29T01:30:00'],
    ['2026-03-29T02:00:00', '2026-03-29T01:00:00'],
    ['2026-10-25T00:59:59', '2026-10-24T23:59:59'],
    ['2026-10-25T01:30:00', '2026-10-25T00:30:00'],
    ['2026-10-25T02:00:00', '2026-10-25T02:00:00'],
  ])('in London, %s is %s in UTC', (shown, utc) => {
    expect(london.utcSeconds(seconds(shown))).toBe(seconds(utc));
  });

  it.each([
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00'],
    ['America/New_York', '2026-03-08T02:30:00', '2026-03-08T07:30:00'],
    ['Asia/Kolkata', '2026-05-05T05:30:00', '2026-05-05T00:00:00'],
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00'],
    ['Pacific/Apia', '2011-12-29T12:00:00', '2011-12-29T22:00:00'],
    ['Pacific/Apia', '2011-12-31T12:00:00', '2011-12-30T22:00:00'],
    ['UTC', '2026-05-05T05:30:00', '2026-05-05T05:30:00'],
  ])('%s: %s is %s in UTC', (name, shown, utc) => {
    expect(zoneOf(name).utcSeconds(seconds(shown))).toBe(seconds(utc));
  });

  it('gives back what its clock shows, wherever that is one instant', () => {
    const shownIn = (name: string, utcSeconds: number): number => {
      const options = { timeZone: name, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const;
      return seconds(new Intl.DateTimeFormat('sv', options).format(utcSeconds * 1000).replace(' ', 'T'));
    };
    const names = fc.constantFrom('Europe/London', 'America/Sao_Paulo', 'Asia/Tehran', 'Africa/Casablanca');
    const instants = fc.integer({ min: seconds('1975-01-01T00:00:00'), max: seconds('2037-01-01T00:00:00') });
    fc.assert(
      fc.property(names, instants, (name, instant) => {
        const read = zoneOf(name).utcSeconds(shownIn(name, instant));
        expect(shownIn(name, read)).toBe(shownIn(name, instant));
        expect(read).toBeLessThanOrEqual(instant);
      }),
      { numRuns: 500 },
    );
  });

  it('must exist', () => {
    expect(() => zoneOf('Europe/Atlantis')).toThrow(RangeError);
  });
});

describe('times in other formats', () => {
  it('are read where the field lists them, in its zone', () => {
    expect(read('till', '01/07/2026 12:30')).toBe('2026-07-01T11:30:00.000000Z');
    expect(read('till', ' 1 Jul 2026 12:30 pm ')).toBe('2026-07-01T11:30:00.000000Z');
    expect(read('till', '1 JUL 2026 12:30 AM')).toBe('2026-06-30T23:30:00.000000Z');
    expect(read('till', '2026-07-01T12:30Z')).toBe('2026-07-01T12:30:00.000000Z');
    expect(read('day', '21.11.2026')).toBe('2026-11-21');
  });

  it.each([
    [
      'utc',
      '01/07/2026 12:30',
      'utc is "01/07/2026 12:30", but must be an ISO 8601 timestamp like 2026-11-21T11:05:00Z',
    ],
    [
      'till',
      '31/06/2026 12:30',
      'till is "31/06/2026 12:30", but must be an ISO 8601 timestamp like 2026-11-21T11:05:00Z, or in the format dd/MM/yyyy HH:mm or d MMM yyyy h:mm a',
    ],
    ['till', '1 Jul 2026 13:30 pm', expect.stringContaining('or in the format')],
    ['either', '03/04/2026', 'either is "03/04/2026", but is ambiguous: it may be dd/MM/yyyy or MM/dd/yyyy'],
  ] as const)('are refused otherwise, with the formats that are accepted: %s %s', (name, value, message) => {
    expect(String(read(name, value)).slice('not_a_timestamp: '.length)).toEqual(message);
  });

  it('that two formats read alike are no riddle', () => {
    expect(read('either', '04/04/2026')).toBe('2026-04-04T00:00:00.000000Z');
    expect(read('either', '13/04/2026')).toBe('2026-04-13T00:00:00.000000Z');
  });

  it.each(['HH:mm', 'dd/MM', 'dd/MM/yyyy h:mm', 'yyyy'])(
    'a format like %s is refused when the contract is compiled',
    (format) => {
      expect(() => timeFormat(format)).toThrow(expect.objectContaining({ code: 'bad_time_format' }));
    },
  );
});

describe('separators between thousands', () => {
  it('are read where the field allows them', () => {
    expect(read('grouped', '1,234,567.89')).toBe('1234567.89');
    expect(read('grouped', '-1,234')).toBe('-1234.00');
    expect(read('grouped', '1234.5')).toBe('1234.50');
    expect(read('count', '12 345')).toBe(12345);
    expect(read('count', '12\u00a0345')).toBe(12345);
  });

  it.each([
    ['amount', '1,234.50', 'not_a_number: amount is "1,234.50", but must be a number without "," between its digits'],
    ['amount', '1.234,50', 'not_a_number: amount is "1.234,50", but must be a number without "," between its digits'],
    ['amount', '1 234', 'not_a_number: amount is "1 234", but must be a number without " " between its digits'],
    ['amount', '12,5', 'not_a_number: amount is "12,5", but must be a number without "," between its digits'],
    ['grouped', '12,5', 'not_a_number: grouped is "12,5", but must be a number without "," between its digits'],
    ['grouped', '1,23,456', expect.stringMatching(/^not_a_number/)],
    ['count', '1,234', 'not_an_integer: count is "1,234", but must be a whole number without "," between its digits'],
    ['amount', 'ten', 'not_a_number: amount is "ten", but must be a number'],
  ] as const)('are refused elsewhere, by their name: %s %s', (name, value, problem) => {
    expect(read(name, value)).toEqual(problem);
  });
});
