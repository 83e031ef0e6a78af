import { ALTERNATIVES, NEWER_THAN_ATHENA } from '../engine/compile/portable.ts';
import { SPARK_REFUSALS } from '../test/unit/dialect/spark-refusal-cases.ts';
import type { VitestReport } from './test-counts.ts';

/** The page's path from the repository's root. */
export const CONFORMANCE_PAGE = 'docs/conformance.md';

/** Cases of one subject on one engine. */
interface Score {
  readonly title: string;
  readonly passed: number;
  readonly total: number;
}

interface Suite {
  /** End of the test file's path. */
  readonly file: string;
  /** Where a file holds several engines: the first title of those of this one. */
  readonly within?: string;
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly suites: readonly (Suite & { readonly title?: string })[];
}

const SECTIONS: readonly Section[] = [
  {
    title: 'Trino: expressions, queries and errors',
    text: 'Trino answers what the dialect’s unit tests expect of DuckDB: text of every value, type, and message of every refusal.',
    suites: [{ file: 'conformance/dialect.test.ts' }],
  },
  {
    title: 'Spark: the same, translated',
    text: 'Spark answers the same, in the SQL that the dialect writes for it; what it cannot do equally is refused with an alternative.',
    suites: [{ file: 'conformance/spark-dialect.test.ts' }],
  },
  {
    title: 'The local Athena endpoint: the same, through its API',
    text: 'Results and errors as `GetQueryResults` and `GetQueryExecution` give them.',
    suites: [{ file: 'conformance/endpoint-dialect.test.ts' }],
  },
  {
    title: 'The local Athena endpoint against Trino: catalog and writes',
    text: 'Statements of analysts and BI tools, over one catalog that both read and write: columns, types, rows and messages.',
    suites: [{ file: 'conformance/endpoint-statements.test.ts' }],
  },
  {
    title: 'The deployed platform, whole',
    text: 'Aggregates of every column of every table and view after a year of shopping was loaded and built: endpoint against Trino.',
    suites: [{ file: 'conformance/platform.test.ts' }],
  },
  {
    title: 'Models on three engines',
    text: 'Every SELECT of every model – its rows, its audit, its samples of failing rows, rows kept and set aside – over one small synthetic retailer, compared row by row with what DuckDB gives.',
    suites: [{ file: 'conformance/models.test.ts' }],
  },
  {
    title: 'Published tables',
    text: 'Tables that our committer publishes are read by the other engine, and what it writes is read by us.',
    suites: [
      { file: 'conformance/published-tables.test.ts', within: 'Trino', title: 'Trino' },
      { file: 'conformance/published-tables.test.ts', within: 'Spark', title: 'Spark' },
    ],
  },
  {
    title: 'The Spark job',
    text: 'The cases of all adapters, by the job that Glue runs, on a real Spark.',
    suites: [{ file: 'conformance/spark-adapter.test.ts' }],
  },
];

/** Whether every suite of the page ran, so that there is something to compare with. */
export const isWhole = (report: VitestReport): boolean =>
  SECTIONS.flatMap(({ suites }) => suites).every(({ file }) =>
    report.testResults.some(({ name }) => name.endsWith(file)),
  );

/** The score of a conformance run, as Markdown; same results, same text. */
export function conformancePage(report: VitestReport): string {
  const sections = SECTIONS.map(({ title, text, suites }) => ({
    title,
    text,
    scores: suites.flatMap((suite) => scoresOf(report, suite)),
  }));
  const all = sections.flatMap(({ scores }) => scores);
  const [passed, total] = [sum(all.map((score) => score.passed)), sum(all.map((score) => score.total))];
  const parts = sections.map(({ title, text, scores }) => `## ${title}\n\n${text}\n\n${table(scores)}`);
  return `${[introduction(passed, total), ...parts, REFUSED, BOUNDS].join('\n\n')}\n`;
}

/** Scores of a suite by the first title below that of the engine. */
function scoresOf(report: VitestReport, { file, within, title }: Section['suites'][number]): readonly Score[] {
  const tests = report.testResults
    .filter(({ name }) => name.endsWith(file))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ ancestorTitles }) => within === undefined || ancestorTitles[0] === within);
  const groups = new Map<string, Score>();
  for (const { ancestorTitles, status } of tests) {
    const group = ancestorTitles[within === undefined ? 0 : 1] ?? 'all';
    const name = title === undefined ? group : `${title} ${group}`;
    const { passed = 0, total = 0 } = groups.get(name) ?? {};
    groups.set(name, { title: name, passed: passed + (status === 'passed' ? 1 : 0), total: total + 1 });
  }
  return [...groups.values()];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function table(scores: readonly Score[]): string {
  if (scores.length === 0) return 'Not in this run.';
  const lines = scores.map(({ title, passed, total }) => `| ${title} | ${passed} | ${total} |`);
  return ['| cases | passed | of |', '| --- | ---: | ---: |', ...lines].join('\n');
}

const introduction = (passed: number, total: number): string => `# Conformance

Written from the results of \`npm run test:conformance -- --write-page\`; do not edit. The run installs and starts Trino 476
and Spark 3.5.6 by itself, and fails where this page does not tell what it found. Athena's engine version 3 is a Trino;
what is said here of Trino is the nearest that can be had without an account.

**${passed} of ${total} cases passed.** DuckDB answers the same expressions, queries and refusals in the unit tests.`;

const quoted = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const REFUSED = `## What the lint refuses, and what to write instead

A model runs on every engine or does not compile; the message names file, line and column. Over Spark's limits:

| query | message |
| --- | --- |
${SPARK_REFUSALS.map(([sql, message]) => `| ${quoted(sql)} | ${message.replace(/^line \d+:\d+: /, '')} |`).join('\n')}

Functions of Athena that not every engine has, and functions of newer releases of Trino that Athena lacks:

| function | alternative |
| --- | --- |
${[...ALTERNATIVES, ...NEWER_THAN_ATHENA].map(([name, advice]) => `| \`${name}\` | ${advice} |`).join('\n')}`;

const BOUNDS = `## What holds within a bound

- Doubles agree to 10⁻⁹ of their size: sums depend on the order of addition, roots and logarithms on the library.
- \`approx_distinct\` and \`approx_percentile\` are exact on DuckDB, estimates on the others: within Trino's bound, not the same number.
- Samples of failing rows are any five of them: engines agree on how many fail.
- Lengths of \`varchar(n)\` are not kept by the endpoint; a cast to \`varchar\` makes types equal.
- [dialect.md](dialect.md) lists the differences that cannot be seen at compile time.`;
