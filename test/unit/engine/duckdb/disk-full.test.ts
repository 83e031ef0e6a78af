import { existsSync, type PathLike } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { duckDbAdapter } from '../../../../engine/adapters/duckdb/adapter.ts';
import { namingFullDisk } from '../../../../engine/adapters/duckdb/disk-full.ts';
import { ObjectCache } from '../../../../engine/adapters/duckdb/object-cache.ts';
import { removeAbandoned, scratchPath } from '../../../../engine/adapters/duckdb/scratch.ts';
import { type FaultyLake, faultyLake } from '../../../fixtures/faulty-lake.ts';

/** How many of the next files that are written go to a device that is always full. */
let fullWrites = 0;

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const createWriteStream = (path: PathLike) => {
    fullWrites -= 1;
    return fs.createWriteStream(fullWrites >= 0 ? '/dev/full' : path);
  };
  return { ...fs, createWriteStream };
});

const FULL = { code: 'disk_full', message: expect.stringMatching(/no space left on device/i) };

let lake: FaultyLake;
let directory: string;

beforeEach(async () => {
  fullWrites = 0;
  directory = await mkdtemp(join(tmpdir(), 'disk-full-'));
  lake = await faultyLake();
  await lake.deliver(['a', 1, 1, 10]);
});

afterEach(async () => {
  fullWrites = 0;
  await lake.close();
  await rm(directory, { recursive: true });
});

const incoming = (): Promise<readonly string[]> => readdir(join(lake.directory, 'objects', 'incoming'));

describe('a disk that is full', () => {
  it('fails the build by its name with advice, leaves nothing behind, and the next run goes on', async () => {
    await lake.build();
    await lake.deliver(['b', 1, 2, 5]);
    fullWrites = Number.POSITIVE_INFINITY;
    const record = await lake.build();
    expect(record).toMatchObject({ status: 'failed', error: { ...FULL, where: lake.directory } });
    expect(await incoming()).toEqual([]);
    fullWrites = 0;
    expect(await lake.rows()).toEqual({ a: '01: 10.00' });
    expect((await lake.build()).status).toBe('built');
    expect(await lake.rows()).toEqual({ a: '01: 10.00', b: '02: 5.00' });
    expect(await lake.versions()).toHaveLength(2);
  });

  it('is made room on by copies that nobody uses', async () => {
    const { s3, objects } = lake.s3;
    const cache = new ObjectCache({ s3, directory, maxBytes: 1e9 });
    const file = (name: string) => {
      objects.set(`lake/${name}`, Buffer.from(name));
      return { uri: `s3://lake/${name}`, bytes: name.length };
    };
    const [idle = ''] = await cache.fetch([file('idle')]);
    const [held = ''] = await cache.fetch([file('held')]);
    cache.release([idle]);
    fullWrites = 1;
    const [wanted = ''] = await cache.fetch([file('wanted')]);
    expect([idle, held, wanted].map(existsSync)).toEqual([false, true, true]);
  });

  it('is named where DuckDB finds out', async () => {
    const adapter = duckDbAdapter({ s3: lake.s3.s3, directory });
    const sql = "copy (select range, md5(range::varchar) from range(100000)) to '/dev/full' (format parquet)";
    await expect(adapter.query({ sql, inputs: [], asOf: '2026-01-31' })).rejects.toMatchObject({
      ...FULL,
      where: directory,
      advice: expect.stringContaining('temporaryStorageMiB'),
    });
  });

  it('is named where there is no room for what spills', () => {
    const message = `Out of Memory Error: failed to offload data block of size 256.0 KiB (2.5 MiB/2.6 MiB used).
This limit was set by the 'max_temp_directory_size' setting.`;
    expect(namingFullDisk(new Error(message), '/tmp')).toMatchObject({
      code: 'disk_full',
      message: expect.stringMatching(/\(2\.5 MiB\/2\.6 MiB used\)\.$/),
    });
    expect(namingFullDisk(new Error('Division by zero'), '/tmp')).toEqual(new Error('Division by zero'));
  });
});

describe('what processes leave on the disk', () => {
  it('goes when they are dead, also one that had the same id', async () => {
    const [own, alive, reborn, dead] = [
      (await scratchPath(directory)).slice(directory.length + 1),
      `${process.ppid}-another-file`,
      `${process.pid}-another-file`,
      '2147483646-some-file',
    ];
    for (const name of [own, alive, reborn, dead, 'unknown']) await mkdir(join(directory, name));
    await writeFile(join(directory, dead, 'spilt'), 'rows');
    await removeAbandoned(directory);
    expect((await readdir(directory)).sort()).toEqual([own, alive, 'unknown'].sort());
    await removeAbandoned(join(directory, 'absent'));
  });
});
