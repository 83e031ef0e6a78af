import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadResult } from '../../cli/load/load-dataset.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { type Manifest, readManifest } from '../../events/generator/output/manifest.ts';
import type { Platform } from '../../infra/platform.ts';

let cache: string;
let platform: Platform;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tributary-synthetic-'));
  platform = await loadPlatform();
});
afterAll(() => rm(cache, { recursive: true }));

/** Loads in a process of its own; killed as soon as its progress has `killAt` in it. */
async function load(killAt?: string): Promise<LoadResult | 'killed'> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-until-killed.ts'), cache]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (piece) => {
    output += piece;
  });
  child.stderr.on('data', (piece) => {
    errors += piece;
    if (killAt !== undefined && errors.includes(killAt)) child.kill('SIGKILL');
  });
  const [code] = await once(child, 'exit');
  if (code === null) return 'killed';
  if (code !== 0) throw new Error(errors);
  return JSON.parse(output);
}

async function manifestOf(): Promise<Manifest> {
  const [folder = ''] = await readdir(cache);
  const manifest = await readManifest(join(cache, folder));
  if (manifest === undefined) throw new Error('nothing was generated');
  return manifest;
}

describe('the synthetic retailer', () => {
  it('is loaded to the last record, though the load is killed while it generates, lands and waits', async () => {
    expect(await load('generated 1 of')).toBe('killed');
    expect(await load('files landed')).toBe('killed');
    expect(await load('rows ingested')).toBe('killed');
    const result = await load();
    if (result === 'killed') throw new Error('it was not to be killed');
    const { sources } = await manifestOf();
    expect(Object.keys(sources)).toHaveLength(22);
    for (const [source, { received, accepted, quarantined }] of Object.entries(sources)) {
      expect({ source, ...result.counts[source] }).toEqual({ source, received, accepted, quarantined });
    }
    expect(result.counts).toMatchObject({ countries: { received: 195, quarantined: 0 } });
    expect(result.isNew).toBe(true);
  });

  it('is in bronze to the penny', async () => {
    const { sources } = await manifestOf();
    const expected = sources.ecommerce_orders?.sums.total_amount ?? {};
    expect(Object.keys(expected).length).toBeGreaterThan(1);
    const rows = await queryRows(
      `select currency, cast(sum(total_amount) as varchar) as total
       from (select distinct coalesce(_event_id, concat(_origin, '/', _position)) as id, currency, total_amount
             from bronze.ecommerce_orders) as received
       group by currency`,
      platform,
    );
    expect(Object.fromEntries(rows.map(({ currency, total }) => [currency, total]))).toEqual(expected);
  });

  it('is not loaded again', async () => {
    expect(await load()).toMatchObject({ isNew: false });
  });
});
