import { type GlueClient, paginateGetTables } from '@aws-sdk/client-glue';
import { glue } from '../../common/aws.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { compareManifests, type DeploymentChanges } from '../../engine/plan/deployment.ts';
import { type PlannedModel, planModels } from '../../engine/plan/plan.ts';
import type { RunRequest } from '../../engine/run.ts';
import type { Platform } from '../../infra/platform.ts';
import { planDeps } from './deps.ts';
import { deployCommand, deployedModels } from './manifest.ts';

/** What a run would do, and what a deployment must come first. The shape of `tributary plan --json`. */
export interface Plan {
  readonly asOf: string;
  readonly deployment: {
    readonly isUpToDate: boolean;
    /** What deploys the models of this folder; null where they are deployed. */
    readonly command: string | null;
    /** Null where the deployment has not kept its models. */
    readonly changes: DeploymentChanges | null;
  };
  readonly models: readonly PlannedModel[];
  /** Tables and views in the catalog that no model makes. They stay until somebody drops them. */
  readonly removed: readonly string[];
  /** Whether a run, or a deployment, would change anything. */
  readonly hasChanges: boolean;
}

/** Plans a run of a folder's models against a deployment, without a write. */
export async function makePlan(
  platform: Platform,
  manifest: Manifest,
  asked: Pick<RunRequest, 'asOf' | 'full' | 'selected' | 'allowBreaking' | 'engine'>,
): Promise<Plan> {
  const deps = await planDeps(platform, manifest);
  const [models, inCatalog, deployed] = await Promise.all([
    planModels(deps, asked),
    catalogTables(glue()),
    deployedModels(deps.io, platform),
  ]);
  const isUpToDate = platform.manifestHash === manifest.hash;
  const known = new Set(manifest.models.map(({ name }) => name));
  return {
    asOf: asked.asOf,
    deployment: {
      isUpToDate,
      command: isUpToDate ? null : deployCommand(platform.environment),
      changes: deployed === undefined ? null : compareManifests(deployed, manifest),
    },
    models,
    removed: inCatalog.filter((name) => !known.has(name)),
    hasChanges: !isUpToDate || models.some(({ action }) => action === 'build' || action === 'may_change'),
  };
}

async function catalogTables(client: GlueClient): Promise<readonly string[]> {
  const names: string[] = [];
  for (const database of ['silver', 'gold', 'marts']) {
    for await (const { TableList = [] } of paginateGetTables({ client }, { DatabaseName: database })) {
      names.push(...TableList.map(({ Name }) => `${database}.${Name}`));
    }
  }
  return names.sort();
}
