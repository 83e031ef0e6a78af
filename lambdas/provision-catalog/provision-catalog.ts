import { mapBounded } from '../../common/concurrency.ts';
import { ensureTable } from '../../engine/build/ensure-table.ts';
import type { BuildDeps } from '../../engine/build/index.ts';
import type { CompiledModel } from '../../engine/manifest.ts';
import { manifestKey } from '../../engine/plan/deployment.ts';
import { type LayerBuckets, tableDefinition } from '../../engine/table-definition.ts';
import { viewDefinition } from '../../engine/view.ts';

export interface ProvisionDeps extends Pick<BuildDeps, 'manifest' | 'catalog' | 'io' | 'views'> {
  readonly buckets: LayerBuckets;
  /** Writes an object of the operations bucket, also over an older one. */
  keep(key: string, content: string): Promise<void>;
}

const PARALLEL = 8;

/** Never the fingerprint of a build, so that the first run checks and publishes the view. */
const UNCHECKED = 'provisioned';

/**
 * Creates every table and view that is absent, tables empty, so that all can be queried before the first run. What is
 * there stays as it is: changes are published by builds, after their checks. Keeps the manifest, for whoever compares
 * models with it. May be repeated.
 */
export async function provisionCatalog(deps: ProvisionDeps): Promise<void> {
  const { manifest } = deps;
  await mapBounded(manifest.models, PARALLEL, (model) => provision(deps, model));
  await deps.keep(manifestKey(manifest.hash), JSON.stringify(manifest));
}

async function provision(deps: ProvisionDeps, model: CompiledModel): Promise<void> {
  if (model.kind !== 'view') {
    await ensureTable(deps, tableDefinition(model, deps.buckets));
    return;
  }
  const view = viewDefinition(model, UNCHECKED);
  if ((await deps.views.get(view.database, view.name)) === undefined) await deps.views.put(view);
}
