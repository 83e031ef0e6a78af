/** Tests of one or several suites. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/** The part of vitest's JSON report that matters here. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly ancestorTitles: readonly string[]; readonly status: string }[];
  }[];
}

export const add = (a: TestCounts, b: TestCounts): TestCounts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
});

/**
 * Tests of a run. A file that could not be loaded counts as a failed test, and so does a run that failed without
 * naming one: its set-up broke, or an error came up outside of any test.
 */
export function countsOf(report: VitestReport | undefined, succeeded: boolean): TestCounts {
  const passed = report?.numPassedTests ?? 0;
  const broken = report?.testResults.filter(isBroken).length ?? 0;
  const failed = (report?.numFailedTests ?? 0) + broken;
  return { passed, failed: failed === 0 && !succeeded ? 1 : failed };
}

const isBroken = ({ status, assertionResults }: VitestReport['testResults'][number]): boolean =>
  status === 'failed' && !assertionResults.some((one) => one.status === 'failed');
