// What `npm test` runs: suites one after the other, then one line with the sum of their tests.
//   node scripts/test.ts [--project <suite>] [arguments of vitest, for instance a file or -t <name>]
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, countsOf, type TestCounts } from './test-counts.ts';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

const [first, suite, ...others] = process.argv.slice(2);
const oneSuite = first === '--project' && suite !== undefined;
const suites = oneSuite ? [suite] : ['unit', 'integration'];
const rest = oneSuite ? others : process.argv.slice(2);

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
  return countsOf(text === undefined ? undefined : JSON.parse(text), code === 0);
}
