import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFORMANCE_PAGE, conformancePage, isWhole } from '../../../scripts/conformance-page.ts';
import type { VitestReport } from '../../../scripts/test-counts.ts';

const file = (name: string, ...tests: (readonly [status: string, ...titles: string[]])[]) => ({
  name: `/somewhere/test/conformance/${name}`,
  status: 'passed',
  assertionResults: tests.map(([status, ...ancestorTitles]) => ({ status, ancestorTitles })),
});

const report = (...testResults: VitestReport['testResults']): VitestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  testResults,
});

describe('the page of the score', () => {
  it('counts what passed, by subject and engine', () => {
    const page = conformancePage(
      report(
        file('dialect.test.ts', ['passed', 'numbers'], ['failed', 'numbers'], ['passed', 'text']),
        file('published-tables.test.ts', ['passed', 'Trino', 'reads'], ['passed', 'Spark', 'reads']),
      ),
    );
    expect(page).toContain('**4 of 5 cases passed.**');
    expect(page).toContain('| numbers | 1 | 2 |\n| text | 1 | 1 |');
    expect(page).toContain('| Trino reads | 1 | 1 |\n| Spark reads | 1 | 1 |');
    expect(page).toContain('| `xxhash64` | Use md5 or sha256. |');
  });

  it('is only made of a run of every suite', () => {
    expect(isWhole(report(file('dialect.test.ts', ['passed', 'numbers'])))).toBe(false);
  });

  it('lists in the repository what is refused today', async () => {
    const page = await readFile(join(import.meta.dirname, '../../..', CONFORMANCE_PAGE), 'utf8');
    const refused = (text: string): string => text.slice(text.indexOf('## What the lint refuses'));
    expect(refused(page)).toBe(refused(conformancePage(report())));
  });
});
