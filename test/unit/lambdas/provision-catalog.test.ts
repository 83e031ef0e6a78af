import { describe, expect, it } from 'vitest';
import { loadTable, snapshotOf } from '../../../engine/iceberg/index.ts';
import type { ViewDefinition } from '../../../engine/view.ts';
import { provisionCatalog } from '../../../lambdas/provision-catalog/provision-catalog.ts';
import { memoryLake } from '../../fixtures/memory-lake.ts';
import { compileSketches, silverSales } from '../../fixtures/models.ts';

const manifest = compileSketches(silverSales, {
  path: 'sql/marts/ids.sql',
  kind: 'view',
  columns: ['sale_id varchar'],
  sql: 'select sale_id from silver.sales',
});

function provisioning() {
  const lake = memoryLake();
  const views = new Map<string, ViewDefinition>();
  const kept = new Map<string, string>();
  const deps = {
    ...lake,
    manifest,
    buckets: { silver: 'silver-bucket', gold: 'gold-bucket' },
    keep: async (key: string, content: string) => {
      kept.set(key, content);
    },
    views: {
      get: async (_database: string, name: string) => views.get(name),
      put: async (view: ViewDefinition) => {
        views.set(view.name, view);
      },
    },
  };
  return { deps, lake, views, kept };
}

describe('the catalog at deployment', () => {
  it('gets every table, empty, and every view', async () => {
    const { deps, lake, views } = provisioning();
    await provisionCatalog(deps);
    const table = await loadTable(lake.catalog, lake.io, 'silver', 'sales');
    expect(table?.metadata.location).toBe('s3://silver-bucket/sales');
    expect(table && snapshotOf(table)).toBeUndefined();
    expect(views.get('ids')?.sql).toBe('select sale_id from silver.sales');
  });

  it('has its manifest kept beside it, by its hash', async () => {
    const { deps, kept } = provisioning();
    await provisionCatalog(deps);
    await provisionCatalog(deps);
    expect([...kept]).toEqual([[`manifests/${manifest.hash}.json`, JSON.stringify(manifest)]]);
  });

  it('keeps what is there', async () => {
    const { deps, lake, views } = provisioning();
    await provisionCatalog(deps);
    const files = [...lake.files.keys()];
    const own = { ...(views.get('ids') as ViewDefinition), sql: 'select 1 as sale_id' };
    views.set('ids', own);
    await provisionCatalog(deps);
    expect([...lake.files.keys()]).toEqual(files);
    expect(views.get('ids')).toEqual(own);
  });
});
