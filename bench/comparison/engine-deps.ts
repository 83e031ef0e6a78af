import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { duckDbAdapter } from '../../engine/adapters/duckdb/adapter.ts';
import type { BuildDeps } from '../../engine/build/index.ts';
import { type Catalog, type CatalogEntry, s3FileIo } from '../../engine/iceberg/index.ts';
import { commitConflict } from '../../engine/iceberg/table.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { soloDeps } from '../solo-deps.ts';
import { DUCKDB_MEMORY, listObjects, THREADS } from './project.ts';

export interface EngineOptions {
  readonly manifest: Manifest;
  /** Folder with the objects of bronze. */
  readonly data: string;
  /** Folder for the catalog and for copies of objects. */
  readonly lake: string;
  /** Of the S3 stand-in. */
  readonly endpoint: string;
}

/** What the engine needs of a platform, from S3 and files alone. */
export async function engineDeps({ manifest, data, lake, endpoint }: EngineOptions): Promise<BuildDeps> {
  const s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  });
  return {
    manifest,
    catalog: await fileCatalog(join(lake, 'catalog.json')),
    io: s3FileIo(s3),
    // Files that nobody names are looked for once in days, not here.
    listing: { list: async () => [] },
    views: await fileViews(join(lake, 'views.json')),
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
    ...soloDeps(),
  };
}

/** Entries by name that outlive the process. */
async function fileMap<T>(path: string) {
  const entries = new Map<string, T>(JSON.parse(await readFile(path, 'utf8').catch(() => '[]')));
  const put = async (name: string, entry: T): Promise<void> => {
    entries.set(name, entry);
    await writeFile(path, JSON.stringify([...entries]));
  };
  return { get: (name: string): T | undefined => entries.get(name), put };
}

async function fileCatalog(path: string): Promise<Catalog> {
  const entries = await fileMap<CatalogEntry>(path);
  const put = (entry: CatalogEntry): Promise<void> => entries.put(`${entry.database}.${entry.table}`, entry);
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

async function fileViews(path: string): Promise<BuildDeps['views']> {
  const entries = await fileMap<Parameters<BuildDeps['views']['put']>[0]>(path);
  return {
    get: async (database, name) => entries.get(`${database}.${name}`),
    put: (view) => entries.put(`${view.database}.${view.name}`, view),
  };
}
