import { describe, expect, test } from 'vitest';
import {
  beta,
  exponential,
  gamma,
  geometric,
  normal,
  poisson,
  Weighted,
} from '../../../events/generator/random/distributions.ts';
import { Random, STREAM } from '../../../events/generator/random/random.ts';
import { mean, variance } from './world.ts';

const DRAWS = 40_000;

const draws = (draw: (random: Random) => number): number[] => {
  const random = new Random(7).at(STREAM.basket, 1);
  return Array.from({ length: DRAWS }, () => draw(random));
};

test.each([
  ['uniform', (random: Random) => random.next(), 0.5, 1 / 12],
  ['normal', normal, 0, 1],
  ['exponential', (random: Random) => exponential(random, 4), 0.25, 1 / 16],
  ['gamma of a small shape', (random: Random) => gamma(random, 0.7, 2), 0.35, 0.175],
  ['gamma of a large shape', (random: Random) => gamma(random, 9, 3), 3, 1],
  ['beta', (random: Random) => beta(random, 2, 6), 0.25, 0.25 * 0.75 * (1 / 9)],
  ['Poisson of a small mean', (random: Random) => poisson(random, 1.3), 1.3, 1.3],
  ['Poisson of a large mean', (random: Random) => poisson(random, 80), 80, 80],
  ['geometric', (random: Random) => geometric(random, 0.25), 3, 12],
])('%s has its mean and variance', (_, draw, expectedMean, expectedVariance) => {
  const numbers = draws(draw);
  const error = Math.sqrt(expectedVariance / DRAWS);
  expect(Math.abs(mean(numbers) - expectedMean)).toBeLessThan(4.5 * error);
  expect(variance(numbers) / expectedVariance).toBeCloseTo(1, 1);
});

describe('weighted draws', () => {
  test('go by weight, and never to what weighs nothing', () => {
    const weighted = new Weighted([1, 0, 3, 6]);
    const counts = [0, 0, 0, 0];
    for (const index of draws((random) => weighted.draw(random))) counts[index] = (counts[index] ?? 0) + 1 / DRAWS;
    expect(counts[1]).toBe(0);
    expect(counts[0]).toBeCloseTo(0.1, 2);
    expect(counts[3]).toBeCloseTo(0.6, 1);
  });

  test('what never happens is infinitely far away', () => {
    expect(geometric(new Random(1), 0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('streams of random numbers', () => {
  const first = (seed: number, ...key: [(typeof STREAM)[keyof typeof STREAM], number, number]) =>
    new Random(seed).at(...key).bits();

  test('depend on every part of the key, and on nothing drawn before', () => {
    const known = first(1, STREAM.order, 5, 6);
    const used = new Random(1).at(STREAM.visit, 9, 9);
    used.bits();
    expect(used.at(STREAM.order, 5, 6).bits()).toBe(known);
    const others = [
      first(2, STREAM.order, 5, 6),
      first(1, STREAM.visit, 5, 6),
      first(1, STREAM.order, 4, 6),
      first(1, STREAM.order, 5, 7),
    ];
    expect(others).not.toContain(known);
  });

  test('of neighbours are not alike', () => {
    const numbers = Array.from({ length: DRAWS }, (_, id) => new Random(1).at(STREAM.person, id).next());
    expect(mean(numbers)).toBeCloseTo(0.5, 2);
    const products = numbers.slice(1).map((number, at) => (number - 0.5) * ((numbers[at] ?? 0) - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan(4.5 / 12 / Math.sqrt(DRAWS));
  });

  test('give hexadecimal digits of the wanted length', () => {
    expect(new Random(3).at(STREAM.order, 1).hex(16)).toMatch(/^[0-9a-f]{16}$/);
  });
});
