/**
 * Compiles and plans a generated project, cold, each time in a process of its own.
 *
 * `node bench/compile.ts [models] [rounds]`
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedSources, generateModels } from './generated-models.ts';

const PROJECT = '--project';

/** A moment: time since the process began, and processor time that it has used, in milliseconds. */
interface Moment {
  readonly elapsed: number;
  readonly busy: number;
}

/** When each step ended, and what came out. */
interface Measured {
  readonly started: Moment;
  readonly compiled: Moment;
  readonly deployed: Moment;
  readonly planned: Moment;
  readonly models: number;
  readonly checks: number;
  readonly columns: number;
  readonly toBuild: number;
}

function now(): Moment {
  const { user, system } = process.cpuUsage();
  return { elapsed: performance.now(), busy: (user + system) / 1000 };
}

/** What a process does: starts, compiles the folder's models, and plans a run of them against a lake of empty tables. */
async function measure(folder: string): Promise<Measured> {
  const { compileModels, readModels } = await import('../engine/compile/index.ts');
  const { planModels } = await import('../engine/plan/plan.ts');
  const { ensureTable } = await import('../engine/build/ensure-table.ts');
  const { tableDefinition } = await import('../engine/table-definition.ts');
  const { memoryLake } = await import('../test/fixtures/memory-lake.ts');
  const { duckDbAdapter } = await import('../engine/adapters/duckdb/adapter.ts');
  const { s3 } = await import('../common/aws.ts');
  const { COMMON_SETTINGS } = await import('../lambdas/build-model/settings.ts');
  const started = now();
  const manifest = compileModels(await readModels(folder), generatedSources());
  const compiled = now();
  const { catalog, io } = memoryLake();
  const buckets = {
    silver: 'silver',
    gold: 'gold',
    bronze: 'bronze',
    quarantine: 'quarantine',
    operations: 'operations',
  };
  const deps = {
    manifest,
    catalog,
    io,
    views: { get: async () => undefined },
    sources: {
      list: async ({ prefix }: { prefix: string }) => [{ uri: `s3://bronze/${prefix}/1`, bytes: 1e6, etag: '1' }],
    },
  };
  for (const model of manifest.models)
    if (model.kind !== 'view') await ensureTable(deps, tableDefinition(model, buckets));
  const deployed = now();
  const settings = { thresholds: COMMON_SETTINGS.thresholds, engine: undefined };
  const plan = await planModels(
    {
      ...deps,
      settings,
      engines: new Set(['duckdb']),
      adapters: { duckdb: duckDbAdapter({ s3: s3(), directory: folder }) },
      history: [],
      machine: { memoryMiB: 2048, architecture: 'arm64', sparkUnits: undefined },
    },
    { asOf: '2026-11-21', full: false, selected: null, allowBreaking: false, engine: null },
  );
  const planned = now();
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    started,
    compiled,
    deployed,
    planned,
    models: manifest.models.length,
    checks: sum(manifest.models.map(({ audit }) => audit.checks.length)),
    columns: sum(manifest.models.map(({ columns }) => columns.length)),
    toBuild: plan.filter(({ action }) => action === 'build').length,
  };
}

async function report(models: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-compile-'));
  try {
    for (const { path, text } of generateModels(models)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const cold = Array.from({ length: rounds }, () => inFreshProcess(folder, {}));
    // The command line keeps what Node has compiled; its first process fills the cache.
    const cache = { NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
    inFreshProcess(folder, cache);
    const kept = Array.from({ length: rounds }, () => inFreshProcess(folder, cache));
    console.log(`${table(cold)}\n\nWith what Node has compiled before:\n\n${table(kept)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inFreshProcess(folder: string, variables: Readonly<Record<string, string>>): Measured {
  const file = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [file, PROJECT, folder], {
    encoding: 'utf8',
    env: { ...process.env, ...variables },
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Measured;
}

function table(measured: readonly Measured[]): string {
  const steps: readonly [string, (one: Measured, clock: keyof Moment) => number][] = [
    ['start of the process and its modules', ({ started }, clock) => started[clock]],
    ['compile', ({ started, compiled }, clock) => compiled[clock] - started[clock]],
    ['plan', ({ deployed, planned }, clock) => planned[clock] - deployed[clock]],
    ['**all**', ({ compiled, deployed, planned }, clock) => compiled[clock] + planned[clock] - deployed[clock]],
  ];
  const [one] = measured;
  const rows = steps.map(([name, of]) => {
    const [elapsed, busy] = (['elapsed', 'busy'] as const).map((clock) =>
      measured.map((each) => of(each, clock)).sort((a, b) => a - b),
    );
    const middle = Math.floor(measured.length / 2);
    return `| ${name} | ${[elapsed?.[middle], elapsed?.[0], elapsed?.at(-1), busy?.[middle]].map(seconds).join(' | ')} |`;
  });
  return [
    `${one?.models} models with ${one?.columns} columns and ${one?.checks} checks; ${one?.toBuild} to build`,
    '',
    '| step | median, s | least | most | processor time, median |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

const seconds = (milliseconds: number | undefined): string => ((milliseconds ?? 0) / 1000).toFixed(2);

const [first = '200', second = '5'] = process.argv.slice(2);
if (first === PROJECT) {
  process.stdout.write(`${JSON.stringify(await measure(second))}\n`);
} else {
  await report(Number(first), Number(second));
}
