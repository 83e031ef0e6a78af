// From files landed to gold published, on a fresh local stack of its own, apart from one that people use:
//   node bench/spine.ts
// Prints the rows of the table in spine.md. Needs Linux, for the memory of processes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetOf } from '../cli/datasets/index.ts';
import { SYNTHETIC_DEFAULTS } from '../cli/datasets/synthetic/options.ts';
import { sum } from '../cli/load/intake.ts';
import { loadDataset } from '../cli/load/load-dataset.ts';
import { loadPlatform } from '../cli/platform.ts';
import { executeRun } from '../cli/run/execute.ts';
import { tally } from '../cli/run/report.ts';
import { freePort } from '../localstack/ports.ts';
import { STATE_DIR, stackStatus, stopStack } from '../localstack/stack.ts';
import { bringUp } from '../localstack/up.ts';
import { PeakMemory } from './peak-memory.ts';

async function main(): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  try {
    await measure(stateDir);
  } finally {
    await stopStack(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function measure(stateDir: string): Promise<void> {
  const [port, athenaPort] = [await freePort(), await freePort()];
  const venv = join(STATE_DIR, 'venv');
  const up = await seconds('start and deploy', () => bringUp({ stateDir, venv, port, athenaPort }));
  const platform = await loadPlatform();
  const { processes } = await stackStatus(stateDir);
  const roots = Object.entries(processes).map(([name, { pid }]) => [pid, name] as const);
  const memory = new PeakMemory(new Map([...roots, [process.pid, 'CLI']]));
  const dataset = datasetOf('complete-journey', SYNTHETIC_DEFAULTS, platform);
  const input = { full: false, selected: null, asOf: dataset.asOf };

  const load = await seconds('load and ingest', () => loadDataset(dataset, platform, () => {}));
  const run = await seconds('build', () => executeRun(platform, input));
  const again = await seconds('build again, nothing new', () => executeRun(platform, input));

  console.log(
    `${sum(Object.values(load.result.counts)).received.toLocaleString('en')} rows received; ${tally(run.result.builds)}; then ${tally(again.result.builds)}`,
  );
  console.log(
    `files landed to gold published: ${(load.seconds + run.seconds).toFixed(1)} s, after ${up.seconds.toFixed(1)} s of start\n`,
  );
  console.log('| process | peak memory, MiB |\n| --- | ---: |');
  for (const [name, bytes] of await memory.stop()) console.log(`| ${name} | ${Math.round(bytes / 1024 ** 2)} |`);
}

async function seconds<T>(name: string, work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now();
  const result = await work();
  const taken = (performance.now() - began) / 1_000;
  console.log(`${name}: ${taken.toFixed(1)} s`);
  return { result, seconds: taken };
}

await main();
