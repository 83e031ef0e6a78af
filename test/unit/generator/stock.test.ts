import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Assortment } from '../../../events/generator/demand/assortment.ts';
import { Stock } from '../../../events/generator/demand/stock.ts';

const SLOTS = 3;

function planned(): Stock {
  const assortment = new Assortment([7, 2, 5]);
  assortment.beginDay(new Float64Array(8).fill(1));
  const stock = new Stock(assortment);
  for (let slot = 0; slot < SLOTS; slot++) stock.plan(slot, 4, 2, 0.5);
  return stock;
}

const total = (stock: Stock): number =>
  stock.onHand.reduce((sum, units) => sum + units, 0) + stock.inTransit.reduce((sum, units) => sum + units, 0);

describe('stock', () => {
  test('changes only by what is taken, put back and ordered, and all that was ordered arrives', () => {
    const step = fc.record({
      slot: fc.nat(SLOTS - 1),
      taken: fc.nat(20),
      returned: fc.nat(5),
      days: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const stock = planned();
        let expected = total(stock);
        for (const [day, { slot, taken, returned, days }] of steps.entries()) {
          stock.receive(day);
          stock.take(slot, taken);
          stock.putBack(slot, returned);
          const order = (_: number, units: number) => {
            expected += units;
            return { units, days };
          };
          stock.replenish({ order }, day);
          expected += returned - taken;
          expect(total(stock)).toBe(expected);
        }
        for (let day = steps.length; day < steps.length + 5; day++) stock.receive(day);
        expect([...stock.inTransit]).toEqual([0, 0, 0]);
        expect(total(stock)).toBe(expected);
      }),
    );
  });

  test('is ordered up to the same level once it falls to the reorder point', () => {
    const stock = planned();
    const orders: number[] = [];
    const order = (_: number, units: number) => {
      orders.push(units);
      return { units, days: 1 };
    };
    stock.take(1, (stock.onHand[1] ?? 0) - (stock.reorderPoint[1] ?? 0) - 1);
    stock.replenish({ order }, 0);
    expect(orders).toEqual([]);
    stock.take(1, 1);
    stock.replenish({ order }, 0);
    stock.replenish({ order }, 0);
    expect(orders).toEqual([34]);
  });

  test('does not sell what is promised', () => {
    const stock = planned();
    const before = stock.available(0);
    stock.reserve(0, 3);
    expect(stock.available(0)).toBe(before - 3);
    stock.release(0, 3);
    stock.take(0, 3);
    expect(stock.available(0)).toBe(before - 3);
  });
});

test('an assortment finds the slots of its products, and no others', () => {
  const assortment = new Assortment([9, 4, 120, 11]);
  expect([4, 9, 11, 120].map((product) => assortment.slotOf(product))).toEqual([0, 1, 2, 3]);
  expect([0, 5, 121].map((product) => assortment.slotOf(product))).toEqual([undefined, undefined, undefined]);
});
