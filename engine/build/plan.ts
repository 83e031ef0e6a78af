import { TributaryError } from '../../common/errors.ts';
import type { EngineAdapter, InputTable } from '../adapters/adapter.ts';
import type { DataFile, Table, TableDefinition } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { adapterFor } from './choose-engine.ts';
import { type BuildInput, readAll, totalBytes } from './inputs.ts';
import { planMerge } from './merge-plan.ts';
import { planPartitions } from './partition-plan.ts';
import type { BuildDeps } from './ports.ts';
import type { Published } from './published.ts';
import { type BuildState, type InputState, stateFolder } from './state.ts';

/** One build of a table. */
export interface TableBuild {
  readonly deps: BuildDeps;
  readonly model: CompiledModel;
  readonly request: BuildRequest;
  readonly definition: TableDefinition;
  readonly table: Table;
  readonly inputs: readonly BuildInput[];
  readonly published: Published | undefined;
  /** State of the published version, where it is not lost. */
  readonly state: BuildState | undefined;
}

/** What a plan adds to the state of the version that is published by it. */
export type StateParts = Pick<BuildState, 'inputs' | 'keys' | 'hashing' | 'tombstones'>;

/** What to compute, from what, and which part of the table it replaces. */
export interface BuildPlan {
  readonly adapter: EngineAdapter;
  readonly sql: string;
  readonly inputs: readonly InputTable[];
  /** Whether a file of the published version goes. */
  readonly replaces: (file: DataFile) => boolean;
  /** Whether the whole table is built. */
  readonly isWhole: boolean;
  /** What to add to the reason of the build. */
  readonly notes: readonly string[];
  readonly state: StateParts;
  /** Files that were written for the plan and serve no more once it is carried out. */
  readonly temporary: readonly string[];
}

/**
 * Plans a build by the model's kind: of the whole table unless the state of the published version allows for less. Where
 * a part of that state is lost, as after an earlier version was made current again, it allows for nothing.
 */
export async function planBuild(build: TableBuild): Promise<BuildPlan> {
  const before = usableState(build);
  try {
    return await planUpon(build, before);
  } catch (error) {
    if (before === undefined || !isLost(error, build)) throw error;
    return planUpon(build, undefined);
  }
}

function planUpon(build: TableBuild, before: BuildState | undefined): Promise<BuildPlan> {
  switch (build.model.kind) {
    case 'partitioned':
      return planPartitions(build, before);
    case 'merge':
      return planMerge(build, before);
    default:
      return planWhole(build);
  }
}

const isLost = (error: unknown, { definition }: TableBuild): boolean =>
  error instanceof TributaryError &&
  error.code === 'object_missing' &&
  error.where?.startsWith(stateFolder(definition)) === true;

async function planWhole({ deps, model, inputs }: TableBuild): Promise<BuildPlan> {
  const { adapter, note } = adapterFor(deps, totalBytes(inputs));
  return {
    adapter,
    sql: model.sql[adapter.engine],
    inputs: await readAll(inputs),
    replaces: () => true,
    isWhole: true,
    notes: note === undefined ? [] : [note],
    state: { inputs: versionStates(inputs), keys: [], tombstones: [] },
    temporary: [],
  };
}

/** The state of the published version, where a part of the table may be built upon it. */
export function usableState({
  model,
  request,
  published,
  state,
}: Pick<TableBuild, 'model' | 'request' | 'published' | 'state'>): BuildState | undefined {
  if (request.full || published?.logic !== model.logicHash) return undefined;
  return model.usesLogicalDate && published.asOf !== request.asOf ? undefined : state;
}

export const versionStates = (inputs: readonly BuildInput[]): Readonly<Record<string, InputState>> =>
  Object.fromEntries(inputs.map(({ table, version }) => [table, { version }]));

/** The first input that is not among `parts` and is another version than before: everything may depend on it. */
export const changedWhole = (
  inputs: readonly BuildInput[],
  parts: ReadonlySet<string>,
  before: BuildState,
): BuildInput | undefined =>
  inputs.find(({ table, version }) => !parts.has(table) && before.inputs[table]?.version !== version);
