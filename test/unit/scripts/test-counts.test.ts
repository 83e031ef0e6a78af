import { describe, expect, it } from 'vitest';
import { add, countsOf, type VitestReport } from '../../../scripts/test-counts.ts';

const file = (status: string, ...tests: string[]): VitestReport['testResults'][number] => ({
  name: 'some.test.ts',
  status,
  assertionResults: tests.map((one) => ({ ancestorTitles: [], status: one })),
});

const report = (passed: number, failed: number, ...testResults: VitestReport['testResults'][number][]) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});

describe('countsOf', () => {
  it('takes the tests of the report', () => {
    expect(countsOf(report(3, 0, file('passed', 'passed', 'passed', 'passed')), true)).toEqual({
      passed: 3,
      failed: 0,
    });
  });

  it('counts a file that could not be loaded as one failed test', () => {
    const all = report(2, 1, file('passed', 'passed'), file('failed', 'passed', 'failed'), file('failed'));
    expect(countsOf(all, false)).toEqual({ passed: 2, failed: 2 });
  });

  it('counts a failure outside of any test', () => {
    expect(countsOf(report(2, 0, file('passed', 'passed', 'passed')), false)).toEqual({ passed: 2, failed: 1 });
  });

  it('counts a run without a report, whose set-up broke', () => {
    expect(countsOf(undefined, false)).toEqual({ passed: 0, failed: 1 });
  });

  it('counts nothing where no file matched', () => {
    expect(countsOf(report(0, 0), true)).toEqual({ passed: 0, failed: 0 });
  });
});

describe('add', () => {
  it('sums suites', () => {
    expect(add({ passed: 1, failed: 2 }, { passed: 3, failed: 4 })).toEqual({ passed: 4, failed: 6 });
  });
});
