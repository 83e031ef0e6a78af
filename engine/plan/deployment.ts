import type { Manifest } from '../manifest.ts';

/** How the models of a folder differ from the deployed ones, by name. */
export interface DeploymentChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Other rows, columns or checks. */
  readonly changed: readonly string[];
}

export function compareManifests(
  deployed: Pick<Manifest, 'models'>,
  local: Pick<Manifest, 'models'>,
): DeploymentChanges {
  const before = new Map(deployed.models.map(({ name, logicHash }) => [name, logicHash]));
  const after = new Map(local.models.map(({ name, logicHash }) => [name, logicHash]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].filter(([name, hash]) => before.has(name) && before.get(name) !== hash).map(([name]) => name),
  };
}

/** Where the deployment keeps its manifest, in the operations bucket. */
export const manifestKey = (hash: string): string => `manifests/${hash}.json`;
