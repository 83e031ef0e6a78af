import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputFile } from '../../../../engine/adapters/adapter.ts';
import { ObjectCache } from '../../../../engine/adapters/duckdb/object-cache.ts';
import { type S3Server, startS3Server } from '../../../fixtures/s3-server.ts';

let server: S3Server;
let directory: string;

beforeEach(async () => {
  server = await startS3Server();
  directory = await mkdtemp(join(tmpdir(), 'object-cache-'));
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const cacheOf = (maxBytes = 1_000_000): ObjectCache =>
  new ObjectCache({ s3: server.s3, directory, maxBytes, graceMs: 0 });

function put(path: string, content: string): InputFile {
  server.objects.set(path, Buffer.from(content));
  return { uri: `s3://${path}`, bytes: Buffer.byteLength(content), etag: server.etag(path) };
}

const downloads = (): number => server.requests.filter((request) => request.startsWith('GET')).length;

describe('ObjectCache', () => {
  it('hands out copies in the order asked for, below their partition folders', async () => {
    const files = ['b', 'a', 'c'].map((name) =>
      put(`lake/sales/day=2026-01-0${name.length}/h=1/${name}.parquet`, name),
    );
    const paths = await cacheOf().fetch(files);
    expect(await Promise.all(paths.map((path) => readFile(path, 'utf8')))).toEqual(['b', 'a', 'c']);
    expect(paths[0]).toMatch(/\/day=2026-01-01\/h=1\/b\.parquet$/);
  });

  it('downloads an object once, also for callers at the same time and for a second process', async () => {
    const file = put('lake/x.parquet', 'x');
    const cache = cacheOf();
    await Promise.all([cache.fetch([file]), cache.fetch([file, file])]);
    await cacheOf().fetch([file]);
    expect(downloads()).toBe(1);
  });

  it('downloads an overwritten object again', async () => {
    const cache = cacheOf();
    await cache.fetch([put('lake/x.json', 'old')]);
    const [path = ''] = await cache.fetch([put('lake/x.json', 'new')]);
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('names an object that is missing, and leaves nothing behind', async () => {
    const file = { uri: 's3://lake/gone.parquet', bytes: 1 };
    const cache = cacheOf();
    await expect(cache.fetch([file])).rejects.toMatchObject({ code: 'object_missing', where: file.uri });
    server.objects.set('lake/gone.parquet', Buffer.from('1'));
    await expect(cache.fetch([file])).resolves.toHaveLength(1);
  });

  it('refuses an object that is not the one that was listed', async () => {
    const file = put('lake/x.json', 'listed');
    put('lake/x.json', 'overwritten');
    await expect(cacheOf().fetch([file])).rejects.toMatchObject({ code: 'object_changed' });
    await expect(cacheOf().fetch([{ ...file, etag: server.etag('lake/x.json') }])).rejects.toMatchObject({
      code: 'object_changed',
    });
  });

  it('removes what was used longest ago when it grows too large, but nothing in use', async () => {
    const cache = cacheOf(25);
    const [old, held, recent, last] = ['old', 'held', 'recent', 'last'].map((name) =>
      put(`lake/${name}`, '0123456789'),
    );
    if (!(old && held && recent && last)) throw new Error('four files were put');
    const [oldPath = ''] = await cache.fetch([old]);
    const [heldPath = ''] = await cache.fetch([held]);
    cache.release([oldPath]);
    await utimes(heldPath, 0, 0);
    await utimes(oldPath, 1, 1);
    const recentPath = await cache.use([recent], async ([path = '']) => path);
    expect([oldPath, heldPath, recentPath].map(existsSync)).toEqual([false, true, true]);
    cache.release([heldPath]);
    await cache.fetch([last]);
    expect([heldPath, recentPath].map(existsSync)).toEqual([false, true]);
  });

  it('spares for a while what another process may still read', async () => {
    const other = new ObjectCache({ s3: server.s3, directory, maxBytes: 5 });
    const path = await other.use([put('lake/a', '0123456789')], async ([found = '']) => found);
    await new ObjectCache({ s3: server.s3, directory, maxBytes: 5 }).fetch([put('lake/b', '0123456789')]);
    expect(existsSync(path)).toBe(true);
  });
});
