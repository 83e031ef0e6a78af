import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineContract } from '../../../events/contracts/contract.ts';
import { bigint, date, flag, id, integer, money, text, timestamp } from '../../../events/contracts/field.ts';
import { contracts } from '../../../events/contracts/index.ts';
import { posTransactions } from '../../../events/contracts/pos-transactions.ts';
import type { Row } from '../../../events/contracts/row.ts';
import { UtcMicros } from '../../../events/validator/instant.ts';
import { objectLayout } from '../../../events/validator/layout.ts';
import type { Problem } from '../../../events/validator/problem.ts';
import { RowBatch } from '../../../events/validator/row-batch.ts';
import { posLineWith } from '../../fixtures/pos-line.ts';

const everyType = defineContract({
  source: 'every_type',
  version: 1,
  description: 'A field of each type',
  owner: 'tests',
  key: ['id'],
  versionColumn: 'at',
  eventTimeColumn: 'at',
  transport: {},
  fields: {
    id: id('id', { required: true }),
    flag: flag('flag'),
    count: integer('count', { min: 0, max: 10 }),
    big: bigint('big'),
    amount: money('amount'),
    day: date('day'),
    at: timestamp('at'),
    choice: text('choice', { values: ['app', 'web'], synonyms: { mobile: 'app' } }),
    secret: text('secret', { classification: 'personal', values: ['x'] }),
    secretNumber: integer('secret number', { classification: 'personal', max: 5 }),
  },
});

const layout = objectLayout(everyType);

/** The row that a record becomes, or what is wrong with it. */
function validate(record: Readonly<Record<string, unknown>>): Row<typeof everyType> | readonly Problem[] {
  const batch = new RowBatch(everyType, 1);
  const problems = batch.push(layout.values(record));
  return problems.length > 0 ? problems : (batch.rows()[0] ?? []);
}

const codes = (record: Readonly<Record<string, unknown>>): string[] => {
  const result = validate(record);
  return Array.isArray(result) ? result.map(({ code, field }: Problem) => `${field}: ${code}`) : [];
};

function posProblems(changes: Readonly<Record<string, unknown>>): readonly Problem[] {
  return new RowBatch(posTransactions, 1).push(objectLayout(posTransactions).values(posLineWith(changes)));
}

describe('accepted values', () => {
  it('are typed, exact and in UTC', () => {
    const record = {
      id: 7,
      flag: 'yes',
      count: '3',
      big: '9007199254740993',
      amount: 12.3,
      day: '2017-01-02',
      at: '2017-01-01T00:00:00+01:00',
      choice: ' mobile ',
    };
    expect(validate(record)).toEqual({
      id: '7',
      flag: true,
      count: 3,
      big: 9007199254740993n,
      amount: '12.30',
      day: '2017-01-02',
      at: '2016-12-31T23:00:00.000000Z',
      choice: 'app',
      secret: null,
      secretNumber: null,
    });
  });

  it('have the types that the contract gives them', () => {
    expectTypeOf<Row<typeof everyType>['id']>().toEqualTypeOf<string>();
    expectTypeOf<Row<typeof everyType>['count']>().toEqualTypeOf<number | null>();
    expectTypeOf<Row<typeof everyType>['big']>().toEqualTypeOf<bigint | null>();
    expectTypeOf<Row<typeof everyType>['amount']>().toEqualTypeOf<string | null>();
  });

  it('take exact instants of typed files', () => {
    const at = new UtcMicros(1_483_228_800_000_001n);
    expect(validate({ id: 'a', at, day: new UtcMicros(86_400_000_000n) })).toMatchObject({
      at: '2017-01-01T00:00:00.000001Z',
      day: '1970-01-02',
    });
  });

  it('treat blank text as absent', () => {
    expect(validate({ id: 'a', amount: '', count: '  ', choice: null })).toMatchObject({
      amount: null,
      count: null,
      choice: null,
    });
  });
});

describe('refused values', () => {
  it.each([
    [{ id: '' }, 'id: missing'],
    [{ id: { a: 1 } }, 'id: not_text'],
    [{ flag: 'perhaps' }, 'flag: not_a_boolean'],
    [{ count: '1.5' }, 'count: not_an_integer'],
    [{ count: 1.5 }, 'count: not_an_integer'],
    [{ count: 'many' }, 'count: not_an_integer'],
    [{ count: -1 }, 'count: too_small'],
    [{ count: 11 }, 'count: too_large'],
    [{ count: '99999999999999999999' }, 'count: too_large'],
    [{ big: '9223372036854775808' }, 'big: too_large'],
    [{ amount: 'ten' }, 'amount: not_a_number'],
    [{ amount: true }, 'amount: not_a_number'],
    [{ amount: '10000000000000000.00' }, 'amount: too_large'],
    [{ day: '2017-02-30' }, 'day: not_a_date'],
    [{ day: new UtcMicros(1n) }, 'day: not_a_date'],
    [{ at: 1483228800 }, 'at: not_a_timestamp'],
    [{ at: 'noon' }, 'at: not_a_timestamp'],
    [{ choice: 'App' }, 'choice: not_allowed'],
  ])('%j is refused as %s', (changes, expected) => {
    expect(codes({ id: 'a', ...changes })).toEqual([expected]);
  });

  it('are all named, in the order of the contract', () => {
    expect(codes({ at: 'x', amount: 'x', count: 'x' })).toEqual([
      'id: missing',
      'count: not_an_integer',
      'amount: not_a_number',
      'at: not_a_timestamp',
    ]);
  });

  it('are shown in messages, but never where they are personal', () => {
    const result = validate({ id: 'a', count: 11, secret: 'Jane Doe', secretNumber: 4711 });
    const messages = Array.isArray(result) ? result.map(({ message }: Problem) => message) : [];
    expect(messages).toEqual([
      'count is "11", but must be between 0 and 10',
      'secret must be one of x',
      'secretNumber must be at most 5',
    ]);
  });

  it('leave the batch as it was', () => {
    const batch = new RowBatch(everyType, 2);
    batch.push(layout.values({ id: 'a', count: 1 }));
    batch.push(layout.values({ id: 'b', count: 'x' }));
    batch.push(layout.values({ id: 'c' }));
    expect(batch.rows().map(({ id: name, count }) => [name, count])).toEqual([
      ['a', 1],
      ['c', null],
    ]);
    expect(batch.isFull).toBe(true);
  });
});

describe('lines of sale', () => {
  it('allow quantities of 1 to 1000 and amounts of 0.01 to 100000', () => {
    expect(posProblems({ quantity: 1, total_amount: 0.01 })).toEqual([]);
    expect(posProblems({ quantity: 1000, total_amount: 100_000 })).toEqual([]);
    expect(posProblems({ quantity: 0 })[0]?.code).toBe('too_small');
    expect(posProblems({ quantity: 1001 })[0]?.code).toBe('too_large');
    expect(posProblems({ total_amount: 0 })[0]?.code).toBe('too_small');
    expect(posProblems({ total_amount: '100000.01' })[0]?.code).toBe('too_large');
  });

  it('allow negative quantities only where the order is returned or cancelled', () => {
    const taken = { quantity: -2, total_amount: -1, discount_amount: -0.5 };
    expect(posProblems({ ...taken, order_status: 'returned' })).toEqual([]);
    expect(posProblems({ ...taken, order_status: 'cancelled' })).toEqual([]);
    expect(posProblems({ ...taken, order_status: 'delivered' }).map(({ field }) => field)).toEqual([
      'quantity',
      'discount_amount',
      'total_amount',
    ]);
  });
});

describe('laws', () => {
  it('nothing that JSON can hold makes the validator throw', () => {
    for (const contract of contracts) {
      const { values, extra } = objectLayout(contract);
      const names = Object.keys(contract.fields);
      const record = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue());
      fc.assert(
        fc.property(record, (fields) => {
          const batch = new RowBatch(contract, 1);
          const problems = batch.push(values(fields));
          expect(problems.length === 0).toBe(batch.length === 1);
          expect(() => JSON.parse(extra(fields) ?? 'null')).not.toThrow();
        }),
      );
    }
  });

  it('text and JSON values of the same record give the same row', () => {
    const record = fc.record({
      id: fc.string({ minLength: 1 }),
      flag: fc.boolean(),
      count: fc.integer({ min: -2, max: 12 }),
      big: fc.maxSafeInteger(),
      amount: fc.oneof(
        fc.double({ noNaN: true }),
        fc.integer().map((units) => units / 100),
      ),
      day: fc.constantFrom('2017-01-01', '2017-02-30'),
      at: fc.constantFrom('2017-01-01T00:00:00Z', '2017-01-01 10:00', 'never'),
      choice: fc.constantFrom('app', 'mobile', 'shop'),
    });
    fc.assert(
      fc.property(record, (fields) => {
        const asText = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
        expect(strip(validate(asText))).toEqual(strip(validate(fields)));
      }),
    );
  });
});

/** Messages may quote a value as its source wrote it. */
const strip = (result: Row<typeof everyType> | readonly Problem[]) =>
  Array.isArray(result) ? result.map(({ code, field }: Problem) => ({ code, field })) : result;
