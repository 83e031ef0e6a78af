import { isSource, totalBytes } from '../build/inputs.ts';
import { type ComparedBuild, compareInputs, readPartitions, staleBy } from '../build/partition-plan.ts';
import { changedWhole, usableState } from '../build/plan.ts';
import type { Published } from '../build/published.ts';
import { compareObjects } from '../build/source-objects.ts';
import { type BuildState, readState } from '../build/state.ts';
import { extended, partitionName } from '../partitions.ts';

/** Which part of a table a build would make, and from how many bytes. */
export interface Part {
  /** Names of stale partitions, sorted: `2026-01-31`, `2026-01`; null where the whole table is built. */
  readonly partitions: readonly string[] | null;
  /** Rows with the keys of new ones may lie in further partitions; only the build itself looks for them. */
  readonly isAtLeast: boolean;
  readonly inputBytes: number;
}

/** What a build would make of a table, found as the build finds it, but without a write. */
export async function plannedPart(build: ComparedBuild, published: Published | undefined): Promise<Part> {
  const { deps, model, inputs } = build;
  const whole = { partitions: null, isAtLeast: false, inputBytes: totalBytes(inputs) };
  const state = published && (await readState(deps.io, published.state));
  const before = usableState({ ...build, published, state });
  if (before === undefined) return whole;
  if (model.kind === 'partitioned') return (await stalePart(build, before)) ?? whole;
  return model.kind === 'merge' ? (newPart(build, before) ?? whole) : whole;
}

async function stalePart(build: ComparedBuild, before: BuildState): Promise<Part | undefined> {
  const { unit, driving, isAllStale } = await compareInputs(build, before);
  if (isAllStale) return undefined;
  const stale = staleBy(driving, []);
  const bytes = await Promise.all(
    build.inputs.map(async (input) => {
      const own = driving.find(({ source }) => source.table === input.table);
      if (own === undefined) return input.bytes;
      return totalBytes((await readPartitions(own, extended(stale, -own.source.lookback), unit)).files);
    }),
  );
  return {
    partitions: [...stale].map((partition) => partitionName(unit, partition)).sort(),
    isAtLeast: driving.some(({ source, added }) => source.key.length > 0 && added.length > 0),
    inputBytes: bytes.reduce((sum, one) => sum + one, 0),
  };
}

/** A merge looks at new objects alone; which partitions their keys lie in shows when they are read. */
function newPart({ inputs }: ComparedBuild, before: BuildState): Part | undefined {
  const sources = inputs.filter(isSource);
  const changes = sources.map((input) => compareObjects(input, before.inputs[input.table]));
  const parts = new Set(sources.map(({ table }) => table));
  if (changes.some(({ removed }) => removed.length > 0) || changedWhole(inputs, parts, before) !== undefined) {
    return undefined;
  }
  const added = changes.reduce((sum, change) => sum + totalBytes(change.added), 0);
  return { partitions: [], isAtLeast: true, inputBytes: added };
}
