import { TributaryError } from '../../common/errors.ts';
import type { Emission, GeneratorOptions } from './emission.ts';
import type { Outbox } from './handover/outbox.ts';
import { simulateDay } from './simulation/day.ts';
import { retailerOf } from './simulation/retailer.ts';
import { tellLives, tellProducts } from './simulation/truth.ts';

/** So many steps of the simulation pass before it is asked whether there is something to hand over. */
const STEPS = 50;

/**
 * All records of all sources day by day, and the truth about them. Never holds more than a few thousand records of each
 * source. Throws `invalid_options` when they are out of bounds, and `unknown_rate` for periods before 2016.
 */
export function* generate(options: GeneratorOptions): Generator<Emission> {
  check(options);
  const retailer = retailerOf(options);
  const { outbox, firstDay, lastDay } = retailer;
  tellProducts(retailer);
  for (let day = firstDay; day <= lastDay; day++) {
    yield* handingOver(outbox, simulateDay(retailer, day));
    yield* outbox.all();
  }
  yield* handingOver(outbox, tellLives(retailer));
  yield* outbox.all();
}

function* handingOver(outbox: Outbox, work: Iterable<void>): Generator<Emission> {
  let steps = 0;
  for (const _ of work) if (++steps % STEPS === 0) yield* outbox.full();
}

function check({ seed, scale, days, firstDay, defects }: GeneratorOptions): void {
  const wrong = (message: string, advice: string) =>
    new TributaryError({ code: 'invalid_options', message, where: 'generator', advice });
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw wrong(`the seed is ${seed}`, 'give a whole number from 0 to 4294967295');
  }
  if (!(scale > 0 && Number.isFinite(scale))) throw wrong(`the scale is ${scale}`, 'give a number above 0, such as 1');
  if (!(Number.isInteger(days) && days >= 1)) throw wrong(`there are ${days} days`, 'give a whole number from 1 on');
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(firstDay) && new Date(firstDay).toJSON()?.startsWith(firstDay);
  if (!isDay) throw wrong(`the first day is ${firstDay}`, 'give a day like 2026-10-02');
  for (const [defect, rate] of Object.entries(defects)) {
    if (!(rate >= 0 && rate <= 1)) throw wrong(`the rate of ${defect} is ${rate}`, 'give a number from 0 to 1');
  }
}
