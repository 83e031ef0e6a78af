// How much the engine costs over the bare SQL of the same models:
//   node bench/engine.ts [rounds]
// All sides read the same bronze files and write Parquet. The bare SQL writes it plainly, and once more sorted and
// partitioned as the models declare. The engine's side is the whole build path of `build-model` (fingerprints, write,
// audit, Iceberg commit, record) over a local S3 server and a catalog in memory.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { InputFile } from '../engine/adapters/adapter.ts';
import { duckDbAdapter } from '../engine/adapters/duckdb/adapter.ts';
import { relationSql } from '../engine/adapters/duckdb/relations.ts';
import { literal } from '../engine/adapters/duckdb/types.ts';
import { type BuildDeps, buildModel } from '../engine/build/index.ts';
import { compileProject } from '../engine/compile/index.ts';
import { DUCKDB_PRELUDE } from '../engine/dialect/prelude.ts';
import { s3FileIo } from '../engine/iceberg/index.ts';
import { s3FileListing } from '../engine/iceberg/s3-file-listing.ts';
import type { CompiledModel, Manifest, SourceTable } from '../engine/manifest.ts';
import type { PublishedView } from '../engine/view.ts';
import { PROJECT_ROOT } from '../localstack/stack.ts';
import { memoryLake } from '../test/fixtures/memory-lake.ts';
import { MemoryObjectStore } from '../test/fixtures/memory-object-store.ts';
import { type S3Server, startS3Server } from '../test/fixtures/s3-server.ts';
import { ingestCompleteJourney } from './bronze.ts';
import { soloDeps } from './solo-deps.ts';

const AS_OF = '2018-01-01';
const THREADS = 2;
const MEMORY = '800MB';
type Files = ReadonlyMap<string, readonly InputFile[]>;

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 3);
  const manifest = await compileProject(PROJECT_ROOT);
  const server = await startS3Server();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const files = await givenBronze(manifest, server, folder);
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) {
    const plain = await bareSql(manifest, files, folder, 'plain');
    const declared = await bareSql(manifest, files, folder, 'declared');
    const engine = await wholeBuild(manifest, files, server, join(folder, `cache-${round}`));
    rounds.push({ plain, declared, engine });
  }
  report(rounds);
  await server.close();
  await rm(folder, { recursive: true });
}

/** Seconds of processor time by model, of all threads: what else the machine does hardly changes it. */
type Timing = ReadonlyMap<string, number>;

/** How bare SQL writes its files: as they come, or sorted and partitioned as the models declare. */
type Layout = 'plain' | 'declared';

type Round = Readonly<Record<Layout | 'engine', Timing>>;

/** Bronze files by source, in the S3 server and as local files, whose folders name the partitions. */
async function givenBronze(manifest: Manifest, server: S3Server, folder: string): Promise<Files> {
  const store = new MemoryObjectStore();
  await ingestCompleteJourney(store);
  for (const [name, { body }] of store.objects) {
    server.objects.set(name, body);
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), body);
  }
  const filesOf = ({ bucket, prefix }: SourceTable) =>
    [...store.objects]
      .filter(([name]) => name.startsWith(`${bucket}/${prefix}/`))
      .map(([name, { body }]) => ({ uri: `s3://${name}`, bytes: body.length }));
  return new Map(manifest.sources.map((source) => [source.name, filesOf(source)]));
}

/** What one would write by hand: each model's SELECT, copied to a Parquet file that the next ones read. */
async function bareSql(manifest: Manifest, files: Files, folder: string, layout: Layout): Promise<Timing> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(THREADS), memory_limit: MEMORY });
  const connection = await instance.connect();
  for (const statement of DUCKDB_PRELUDE) await connection.run(statement);
  await connection.run(`set variable as_of = date '${AS_OF}'`);
  for (const schema of ['bronze', 'silver', 'gold', 'marts']) await connection.run(`create schema ${schema}`);
  for (const { name, columns, partitionColumns, format } of manifest.sources) {
    const table = { name, columns, format, files: [], pathColumns: partitionColumns };
    const paths = (files.get(name) ?? []).map(({ uri }) => join(folder, uri.slice('s3://'.length)));
    await connection.run(`create view ${name} as ${relationSql(table, paths)}`);
  }
  const timing = await timed(manifest, async (model) => {
    if (model.kind === 'view') {
      await connection.run(`create view ${model.name} as ${model.sql.duckdb}`);
      return;
    }
    const target = join(folder, layout, model.name);
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    await connection.run(layout === 'plain' ? plainCopy(model, target) : declaredCopy(model, target));
    const written = literal(join(target, '**', '*.parquet'));
    await connection.run(
      `create view ${model.name} as select * from read_parquet(${written}, hive_partitioning = false)`,
    );
  });
  connection.closeSync();
  instance.closeSync();
  return timing;
}

const plainCopy = ({ sql }: CompiledModel, target: string): string =>
  `copy (${sql.duckdb}) to ${literal(join(target, 'all.parquet'))} (format parquet, compression zstd)`;

function declaredCopy(model: CompiledModel, target: string): string {
  const { sql, partitionBy, sortBy } = model;
  if (partitionBy.length + sortBy.length === 0) return plainCopy(model, target);
  const keys = partitionBy.map(({ column, transform }, i) => {
    const value = transform === 'identity' ? column : `date_trunc('${transform}', ${column})`;
    return { name: `key_${i}`, column: `${value} as key_${i}` };
  });
  const names = keys.map(({ name }) => name);
  const rows = `select ${['*', ...keys.map(({ column }) => column)].join(', ')} from (${sql.duckdb})`;
  const partitions = names.length === 0 ? '' : `, partition_by (${names.join(', ')}), overwrite_or_ignore true`;
  const to = literal(names.length === 0 ? join(target, 'all.parquet') : target);
  return `copy (${rows} order by ${[...names, ...sortBy].join(', ')}) to ${to} (format parquet, compression zstd${partitions})`;
}

async function wholeBuild(manifest: Manifest, files: Files, server: S3Server, directory: string): Promise<Timing> {
  const deps = buildDeps(manifest, files, server, directory);
  const runId = '2018-01-01T00-00-00Z-bench0';
  return timed(manifest, async ({ name }) => {
    const record = await buildModel(deps, {
      runId,
      asOf: AS_OF,
      full: false,
      audit: false,
      selected: null,
      allowBreaking: false,
      engine: null,
      model: name,
    });
    if (record.status !== 'built') throw new Error(`${name} was ${record.status}: ${record.reason}`);
  });
}

function buildDeps(manifest: Manifest, files: Files, { s3 }: S3Server, directory: string): BuildDeps {
  const views = new Map<string, PublishedView>();
  return {
    manifest,
    catalog: memoryLake().catalog,
    io: s3FileIo(s3),
    listing: s3FileListing(s3),
    views: {
      get: async (database, name) => views.get(`${database}.${name}`),
      put: async (view) => void views.set(`${view.database}.${view.name}`, view),
    },
    sources: { list: async ({ name }) => files.get(name) ?? [] },
    adapters: { duckdb: duckDbAdapter({ s3, directory, threads: THREADS, memoryLimit: MEMORY }) },
    ...soloDeps(),
  };
}

async function timed({ models }: Manifest, build: (model: CompiledModel) => Promise<void>): Promise<Timing> {
  const byModel = new Map<string, number>();
  for (const model of models) {
    const before = process.cpuUsage();
    await build(model);
    const { user, system } = process.cpuUsage(before);
    byModel.set(model.name, (user + system) / 1e6);
  }
  return byModel;
}

const total = (timing: Timing): number => [...timing.values()].reduce((sum, seconds) => sum + seconds, 0);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The table of engine.md: medians of all rounds, and their ratios. */
function report(rounds: readonly Round[]): void {
  const sides = ['plain', 'declared', 'engine'] as const;
  const cells = (value: (timing: Timing) => number) =>
    sides.map((side) => median(rounds.map((round) => value(round[side]))).toFixed(2)).join(' | ');
  console.log('| model | SQL, s | SQL in the declared layout, s | engine, s |\n| --- | ---: | ---: | ---: |');
  for (const name of rounds[0]?.engine.keys() ?? []) {
    console.log(`| ${name} | ${cells((timing) => timing.get(name) ?? 0)} |`);
  }
  console.log(`| **all** | ${cells(total)} |`);
  for (const side of ['plain', 'declared'] as const) {
    const ratio = median(rounds.map((round) => total(round.engine) / total(round[side])));
    console.log(`engine over SQL (${side}), median of ${rounds.length}: ${ratio.toFixed(2)}`);
  }
}

await main();
