// What a run costs that has nothing to do, on the engine alone:
//   node bench/unchanged.ts [models] [rounds]
// A generated project is built once from a little data; then a new process compiles it and asks each model again.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildModel } from '../engine/build/index.ts';
import { compileModels, readModels } from '../engine/compile/index.ts';
import type { SourceTable } from '../engine/manifest.ts';
import { writeObject } from './comparison/data.ts';
import { engineDeps } from './comparison/engine-deps.ts';
import { generatedSources, generateModels } from './generated-models.ts';

const RUN = '--run';
const ROWS = 500;

/** One run in a process of its own. Prints how many models had which status. */
async function run(folder: string, endpoint: string): Promise<void> {
  const manifest = compileModels(await readModels(folder), generatedSources());
  const deps = await engineDeps({ manifest, data: folder, lake: folder, endpoint });
  const statuses = new Map<string, number>();
  for (const { name } of manifest.models) {
    const { status } = await buildModel(deps, {
      runId: `2026-01-01T00-00-00Z-${process.pid}`,
      asOf: '2026-01-01',
      full: false,
      selected: null,
      allowBreaking: false,
      audit: false,
      engine: null,
      model: name,
    });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...Object.fromEntries(statuses), processor: (user + system) / 1e6 }));
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 60);
  const rounds = Number(process.argv[3] ?? 5);
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  for (const { path, text } of generateModels(count)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const source of generatedSources()) {
    await writeObject(join(folder, 'bronze', source.prefix, 'ingest_date=2026-01-01', 'part.parquet'), rowsOf(source));
  }
  const endpoint = await objectServerBeside(folder);
  console.log('| run | seconds | processor seconds | models |\n| --- | ---: | ---: | --- |');
  for (let round = 0; round <= rounds; round += 1) {
    const start = performance.now();
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), RUN, folder, endpoint], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    const { processor, ...statuses } = JSON.parse(stdout) as Record<string, number>;
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    const models = Object.entries(statuses)
      .map(([status, number]) => `${number} ${status}`)
      .join(', ');
    console.log(`| ${round === 0 ? 'first' : 'nothing changed'} | ${seconds} | ${processor?.toFixed(2)} | ${models} |`);
  }
  await rm(folder, { recursive: true });
  process.exit();
}

/** In a thread of its own, since this one waits for the runs. */
function objectServerBeside(folder: string): Promise<string> {
  const server = JSON.stringify(new URL('./comparison/object-server.ts', import.meta.url).href);
  const code = `const { startObjectServer } = await import(${server});
    const { endpoint } = await startObjectServer(${JSON.stringify(folder)});
    (await import('node:worker_threads')).parentPort.postMessage(endpoint);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

/** A few rows of a source, all of them fit to be published. */
function rowsOf({ name, columns }: SourceTable): string {
  const values = columns.map((column) => `${exampleOf(column.name, column.type)} as ${column.name}`);
  return `select ${values.join(', ')} from (select n, '${name}' as source from range(${ROWS}) as numbers(n))`;
}

function exampleOf(name: string, type: string): string {
  if (name === 'row_id') return "'row-' || n";
  if (name === 'status') return "case n % 3 when 0 then 'open' when 1 then 'paid' else 'sent' end";
  switch (type) {
    case 'varchar':
      return "'v' || (n % 40)";
    case 'timestamp':
      return "timestamp '2025-06-01 00:00:00' + to_minutes(n)";
    case 'date':
      return "date '2025-06-01' + (n % 30)::integer";
    case 'boolean':
      return 'n % 2 = 0';
    default:
      return `cast(1 + n % 90 as ${type})`;
  }
}

if (process.argv[2] === RUN) await run(process.argv[3] ?? '', process.argv[4] ?? '');
else await main();
