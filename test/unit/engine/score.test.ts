import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageScore, dimensionScores, scoreOf } from '../../../engine/checks/score.ts';
import { deviationOf, median, stabilityIndex } from '../../../engine/checks/statistics.ts';

describe('scores', () => {
  it.each([
    [0, 0, true, 100],
    [0, 10, true, 100],
    [1, 10, true, 90],
    [20, 10, true, 0],
    [1, 10, false, 0],
    [1, 0, true, 0],
  ])('of %i failures in %i rows', (failures, rows, judgesRows, score) => {
    expect(scoreOf(failures, rows, judgesRows)).toBe(score);
  });

  it('of a table are means', () => {
    expect(averageScore([{ score: 100 }, { score: 50 }, { score: 0 }])).toBe(50);
    expect(averageScore([])).toBe(100);
  });

  it('of dimensions are means over their checks', () => {
    const results = [
      { dimension: 'validity', score: 100 },
      { dimension: 'validity', score: 50 },
      { dimension: 'accuracy', score: 0 },
    ] as const;
    expect(dimensionScores(results)).toEqual({ accuracy: 0, validity: 75 });
  });

  it('lie within 0 and 100, and more failures never score better', () => {
    const count = fc.nat(1_000);
    fc.assert(
      fc.property(count, count, count, fc.boolean(), (failures, more, rows, judgesRows) => {
        const [better, worse] = [scoreOf(failures, rows, judgesRows), scoreOf(failures + more, rows, judgesRows)];
        expect(better).toBeLessThanOrEqual(100);
        expect(worse).toBeGreaterThanOrEqual(0);
        expect(worse).toBeLessThanOrEqual(better);
        const others = [{ score: 100 }, { score: 30 }];
        expect(averageScore([...others, { score: worse }])).toBeLessThanOrEqual(
          averageScore([...others, { score: better }]),
        );
      }),
    );
  });
});

describe('statistics of versions', () => {
  it.each([
    [[], Number.NaN],
    [[3], 3],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('median of %j', (values, expected) => expect(median(values)).toBe(expected));

  it('tells how far a value lies by the median absolute deviation', () => {
    const { median: middle, deviations, distance } = deviationOf(20, [8, 9, 10, 11, 12]);
    expect({ middle, distance }).toEqual({ middle: 10, distance: 10 });
    expect(deviations).toBeCloseTo(10 / 1.4826);
    expect(deviationOf(10, [10, 10, 10]).deviations).toBe(0);
    expect(deviationOf(11, [10, 10, 10]).deviations).toBe(Number.POSITIVE_INFINITY);
  });

  it('tells how far shares have moved: not at all is 0, and never below', () => {
    const shares = fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }).map((counts) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      return counts.map((count) => (total === 0 ? 1 / 3 : count / total));
    });
    fc.assert(
      fc.property(shares, shares, (now, before) => {
        expect(stabilityIndex(now, now)).toBe(0);
        expect(stabilityIndex(now, before)).toBeGreaterThanOrEqual(0);
        expect(stabilityIndex(now, before)).toBeCloseTo(stabilityIndex(before, now));
      }),
    );
    expect(stabilityIndex([0.5, 0.5], [0.8, 0.2])).toBeCloseTo(0.3 * Math.log(2.5) + 0.3 * Math.log(1.6));
  });
});
