// How much the engine costs over the bare SQL of the same models: `npm run` nothing, just
//   node bench/engine.ts [rounds]
// Both sides read the same bronze files and write Parquet. The engine's side is the whole build path of `build-model`
// (fingerprints, write, audit, Iceberg commit, record) over a local S3 server and catalog in memory.
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
import type { Manifest, SourceTable } from '../engine/manifest.ts';
import type { BuildRecord } from '../engine/run.ts';
import type { PublishedView } from '../engine/view.ts';
import { PROJECT_ROOT } from '../localstack/stack.ts';
import { memoryLake } from '../test/fixtures/memory-lake.ts';
import { MemoryObjectStore } from '../test/fixtures/memory-object-store.ts';
import { type S3Server, startS3Server } from '../test/fixtures/s3-server.ts';
import { ingestCompleteJourney } from './bronze.ts';

const AS_OF = '2018-01-01';
const THREADS = 2;
const MEMORY = '800MB';
const BUCKETS = {
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  silver: 'silver',
  gold: 'gold',
};

type Files = ReadonlyMap<string, readonly InputFile[]>;

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const manifest = await compileProject(PROJECT_ROOT);
  const server = await startS3Server();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const files = await givenBronze(manifest, server, folder);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const bare = await bareSql(manifest, files, folder);
    const engine = await wholeBuild(manifest, files, server, join(folder, `cache-${round}`));
    ratios.push(engine.cpuSeconds / bare.cpuSeconds);
    console.log(`round ${round}: SQL ${inWords(bare)}, engine ${inWords(engine)}`);
    if (round === rounds) report(bare.byModel, engine.byModel);
  }
  const median = ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN;
  console.log(`engine over SQL by processor time, median of ${rounds}: ${median.toFixed(2)}`);
  await server.close();
  await rm(folder, { recursive: true });
}

interface Timing {
  readonly seconds: number;
  /** Of all threads: what other programs on the machine do hardly changes it. */
  readonly cpuSeconds: number;
  readonly byModel: ReadonlyMap<string, number>;
}

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
async function bareSql(manifest: Manifest, files: Files, folder: string): Promise<Timing> {
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
  const timing = await timed(manifest, async ({ name, kind, sql }) => {
    if (kind === 'view') {
      await connection.run(`create view ${name} as ${sql.duckdb}`);
      return;
    }
    const file = literal(join(folder, `${name}.parquet`));
    await connection.run(`copy (${sql.duckdb}) to ${file} (format parquet, compression zstd)`);
    await connection.run(`create view ${name} as select * from read_parquet(${file})`);
  });
  connection.closeSync();
  instance.closeSync();
  return timing;
}

async function wholeBuild(manifest: Manifest, files: Files, server: S3Server, directory: string): Promise<Timing> {
  const deps = buildDeps(manifest, files, server, directory);
  const runId = '2018-01-01T00-00-00Z-bench0';
  return timed(manifest, async ({ name }) => {
    const record = await buildModel(deps, { runId, asOf: AS_OF, full: false, selected: null, model: name });
    if (record.status !== 'built') throw new Error(`${name} was ${record.status}: ${record.reason}`);
  });
}

function buildDeps(manifest: Manifest, files: Files, { s3 }: S3Server, directory: string): BuildDeps {
  const views = new Map<string, PublishedView>();
  const records = new Map<string, BuildRecord>();
  return {
    manifest,
    catalog: memoryLake().catalog,
    io: s3FileIo(s3),
    views: {
      get: async (database, name) => views.get(`${database}.${name}`),
      put: async ({ database, name, fingerprint }) => void views.set(`${database}.${name}`, { fingerprint }),
    },
    sources: { list: async ({ name }) => files.get(name) ?? [] },
    adapters: { duckdb: duckDbAdapter({ s3, directory, threads: THREADS, memoryLimit: MEMORY }) },
    leases: { acquire: async () => undefined, release: async () => {} },
    journal: {
      read: async (_run, model) => records.get(model),
      write: async (record) => void records.set(record.model, record),
      writeLineage: async () => {},
    },
    settings: {
      buckets: BUCKETS,
      engine: 'duckdb',
      thresholds: { duckdb: Number.MAX_SAFE_INTEGER, athena: Number.MAX_SAFE_INTEGER },
      retention: { days: 7, versions: 2 },
      leaseSeconds: 900,
    },
    now: () => new Date(),
  };
}

async function timed(
  { models }: Manifest,
  build: (model: Manifest['models'][number]) => Promise<void>,
): Promise<Timing> {
  const byModel = new Map<string, number>();
  const cpuBefore = process.cpuUsage();
  for (const model of models) {
    const started = performance.now();
    await build(model);
    byModel.set(model.name, (performance.now() - started) / 1_000);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = [...byModel.values()].reduce((sum, some) => sum + some, 0);
  return { byModel, seconds, cpuSeconds: (user + system) / 1e6 };
}

const inWords = ({ seconds, cpuSeconds }: Timing): string =>
  `${seconds.toFixed(2)} s (processor ${cpuSeconds.toFixed(2)} s)`;

function report(bare: Timing['byModel'], engine: Timing['byModel']): void {
  console.log('\n| model | SQL, s | engine, s |\n| --- | ---: | ---: |');
  for (const [name, seconds] of engine) {
    console.log(`| ${name} | ${(bare.get(name) ?? 0).toFixed(2)} | ${seconds.toFixed(2)} |`);
  }
}

await main();
