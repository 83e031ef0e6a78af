import { dependenciesOf } from '../graph.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import type { BuildDeps } from './ports.ts';

export const isSelected = ({ selected }: Pick<BuildRequest, 'selected'>, model: string): boolean =>
  selected === null || selected.includes(model);

/** Why a model cannot be built in this run: the first of its dependencies that this run should have built and has not. */
export async function whatBlocks(
  { manifest, journal }: Pick<BuildDeps, 'manifest' | 'journal'>,
  model: CompiledModel,
  request: BuildRequest,
): Promise<string | undefined> {
  const models = new Set(manifest.models.map(({ name }) => name));
  const awaited = dependenciesOf(model).filter((name) => models.has(name) && isSelected(request, name));
  const reasons = await Promise.all(
    awaited.map(async (name) => {
      const record = await journal.read(request.runId, name);
      if (record === undefined) return `the build of ${name} ended without a record`;
      if (record.status === 'failed') return `${name} failed`;
      return record.status === 'blocked' ? `${name} is blocked itself` : undefined;
    }),
  );
  return reasons.find((reason) => reason !== undefined);
}
