// One run of Tributary's engine over the models, as a process of its own:
//   node bench/comparison/tributary.ts <data folder> <lake folder> <S3 endpoint>
// The catalog is a file, everything else lies behind the endpoint. Prints what became of each model.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';
import { type BuildDeps, buildModel } from '../../engine/build/index.ts';
import { type Catalog, type CatalogEntry, dataFiles, loadTable, s3FileIo } from '../../engine/iceberg/index.ts';
import { s3FileListing } from '../../engine/iceberg/s3-file-listing.ts';
import { commitConflict } from '../../engine/iceberg/table.ts';
import type { BuildRecord } from '../../engine/run.ts';
import { memoryUnfinished } from '../../test/fixtures/memory-unfinished.ts';
import { AS_OF } from './data.ts';
import { compiledModels, DUCKDB_MEMORY, listObjects, THREADS } from './project.ts';
import { filesOf, writeTables } from './tables.ts';

const [data = '', lake = '', endpoint = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const deps = await buildDeps();
  for (const { name } of deps.manifest.models) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const record = await buildModel(deps, {
      runId: `${AS_OF}T00-00-00Z-${process.pid}`,
      asOf: AS_OF,
      full: false,
      audit: false,
      engine: null,
      selected: null,
      allowBreaking: false,
      model: name,
    });
    if (record.status !== 'built' && record.status !== 'skipped') throw new Error(`${name}: ${record.reason}`);
    const failed = record.checks.filter(({ passed }) => !passed).map(({ check }) => check);
    if (failed.length > 0) throw new Error(`${name} fails ${failed.join(', ')}`);
    const { user, system } = process.cpuUsage(before);
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    console.log(
      `${name} ${record.status} ${record.rows} ${seconds} s ${((user + system) / 1e6).toFixed(2)} s ${record.reason}`,
    );
  }
  await tellTables(deps);
}

async function buildDeps(): Promise<BuildDeps> {
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
  const records = new Map<string, BuildRecord>();
  return {
    manifest: await compiledModels(),
    catalog: await fileCatalog(join(lake, 'catalog.json')),
    io: s3FileIo(s3),
    listing: s3FileListing(s3),
    views: { get: async () => undefined, put: async () => {} },
    sources: { list: (source) => listObjects(data, source) },
    adapters: {
      duckdb: duckDbAdapter({
        s3,
        directory: join(lake, 'local'),
        threads: THREADS,
        memoryLimit: DUCKDB_MEMORY,
        cacheBytes: 100_000_000_000,
      }),
    },
    remoteEngines: [],
    unfinished: memoryUnfinished(),
    leases: { acquire: async () => undefined, release: async () => {} },
    journal: {
      read: async (_run, model) => records.get(model),
      write: async (record) => void records.set(record.model, record),
      writeLineage: async () => {},
    },
    settings: {
      buckets: { bronze: 'bronze', quarantine: 'quarantine', operations: 'operations', silver: 'silver', gold: 'gold' },
      engine: 'duckdb',
      thresholds: { duckdb: Number.MAX_SAFE_INTEGER, athena: Number.MAX_SAFE_INTEGER },
      retention: { days: 7, versions: 2, orphanDays: 3 },
      rowMinima: {},
      leaseSeconds: 900,
      buildSeconds: 3600,
    },
    now: () => new Date(),
  };
}

/** A catalog that outlives the process. */
async function fileCatalog(path: string): Promise<Catalog> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  const entries = new Map<string, CatalogEntry>(JSON.parse(text));
  const put = async (entry: CatalogEntry): Promise<void> => {
    entries.set(`${entry.database}.${entry.table}`, entry);
    await writeFile(path, JSON.stringify([...entries]));
  };
  return {
    get: async (database, table) => entries.get(`${database}.${table}`),
    create: (database, table, metadataLocation) =>
      put({ database, table, versionId: '1', metadataLocation, parameters: {} }),
    swap: async (expected, metadataLocation) => {
      const current = entries.get(`${expected.database}.${expected.table}`);
      if (current?.versionId !== expected.versionId) throw commitConflict(expected);
      await put({ ...expected, versionId: String(Number(expected.versionId) + 1), metadataLocation });
    },
  };
}

async function tellTables({ manifest, catalog, io }: BuildDeps): Promise<void> {
  const tables: Record<string, string> = {};
  for (const { name } of manifest.models) {
    const [database = '', table = ''] = name.split('.');
    const loaded = await loadTable(catalog, io, database, table);
    const files = loaded === undefined ? [] : await dataFiles(io, loaded);
    tables[name] = filesOf(files.map(({ path }) => join(lake, path.slice('s3://'.length))));
  }
  await writeTables(lake, tables);
}

await main();
