// What `npm test` runs: suites one after the other, then one line with the sum of their tests.
//   node scripts/test.ts [--project <suite>] [arguments of vitest, for instance a file or -t <name>]
// A whole run of the conformance suite is compared with the page of its score, which --write-page writes.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFORMANCE_PAGE, conformancePage, isWhole } from './conformance-page.ts';
import { add, countsOf, type TestCounts, type VitestReport } from './test-counts.ts';

const ROOT = join(import.meta.dirname, '..');
const WRITE_PAGE = '--write-page';
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

const [first, suite, ...others] = process.argv.slice(2);
const oneSuite = first === '--project' && suite !== undefined;
const suites = oneSuite ? [suite] : ['unit', 'integration'];
const given = oneSuite ? others : process.argv.slice(2);
const rest = given.filter((argument) => argument !== WRITE_PAGE);

const folder = await mkdtemp(join(tmpdir(), 'tributary-tests-'));
let total: TestCounts = { passed: 0, failed: 0 };
for (const name of suites) total = add(total, await runSuite(name, join(folder, `${name}.json`), rest));
await rm(folder, { recursive: true });

if (total.passed + total.failed === 0) process.stderr.write('no test ran\n');
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** Runs one of vitest's projects; a suite in which nothing matches the arguments counts nothing. */
async function runSuite(suite: string, report: string, rest: readonly string[]): Promise<TestCounts> {
  const args = ['run', '--project', suite, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const child = spawn(process.execPath, [VITEST, ...args, `--outputFile.json=${report}`, ...rest], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const text = await readFile(report, 'utf8').catch(() => undefined);
  const results: VitestReport | undefined = text === undefined ? undefined : JSON.parse(text);
  const counts = countsOf(results, code === 0);
  if (suite !== 'conformance' || results === undefined || rest.length > 0 || !isWhole(results)) return counts;
  return add(counts, await checkPage(conformancePage(results)));
}

/** The page counts as a test: it must tell what the run found. */
async function checkPage(page: string): Promise<TestCounts> {
  const file = join(ROOT, CONFORMANCE_PAGE);
  if (given.includes(WRITE_PAGE)) await writeFile(file, page);
  if ((await readFile(file, 'utf8').catch(() => '')) === page) return { passed: 1, failed: 0 };
  process.stderr.write(`${CONFORMANCE_PAGE} is not up to date. Run: npm run test:conformance -- ${WRITE_PAGE}\n`);
  return { passed: 0, failed: 1 };
}
