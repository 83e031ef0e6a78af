import type { EngineAdapter, InputFile, InputTable } from '../adapters/adapter.ts';
import { objectId } from '../fingerprint.ts';
import type { PartitionSource } from '../model.ts';
import {
  extended,
  inUnit,
  isWithin,
  type Partition,
  type PartitionSet,
  type PartitionUnit,
  partitionName,
  unitOf,
} from '../partitions.ts';
import { adapterFor } from './choose-engine.ts';
import { type BuildInput, isSource, type SourceInput, totalBytes } from './inputs.ts';
import { KeyIndex } from './key-index.ts';
import { type BuildPlan, changedWhole, type TableBuild, versionStates } from './plan.ts';
import type { BuildDeps } from './ports.ts';
import { compareObjects, partitionsOf } from './source-objects.ts';
import { type BuildState, type InputState, packed, stateFolder, unpacked } from './state.ts';
import { partitionsOfTable } from './table-partitions.ts';

/** An input that partitions come from, with what is new about it. */
export interface DrivingInput {
  readonly source: PartitionSource;
  readonly input: BuildInput;
  readonly state: InputState;
  /** Partitions whose rows changed, in the model's unit; undefined where that cannot be told. */
  readonly changed: PartitionSet | undefined;
  /** Those of them whose objects are gone, so that their keys cannot be looked at. */
  readonly lost: PartitionSet;
  readonly added: readonly InputFile[];
}

/**
 * Plans the build of a partitioned table. A partition is stale if rows that belong to it changed, to one of those that
 * it looks back to, or to another one with the same key. It is built anew from all rows that may decide its own.
 */
export async function planPartitions(build: TableBuild, published: BuildState | undefined): Promise<BuildPlan> {
  const { deps, model, request, definition, inputs } = build;
  const index = new KeyIndex(deps.adapters.duckdb, stateFolder(definition), request.asOf);
  const hashing = model.partitionsFrom.some(({ key }) => key.length > 0) ? await index.hashing() : undefined;
  const before = published?.hashing === hashing ? published : undefined;
  const { unit, driving, isAllStale } = await compareInputs(build, before);
  const added = await index.write(driving.flatMap(keyedRows), unit);
  const known = before?.keys ?? [];
  const keys = await index.compacted([...known, ...added]);
  const state = {
    inputs: {
      ...versionStates(inputs),
      ...Object.fromEntries(driving.map(({ source, state: own }) => [source.table, own])),
    },
    keys: [...keys],
    ...(hashing === undefined ? {} : { hashing }),
    tombstones: [],
  };
  const stale = isAllStale ? undefined : await stalePartitions(driving, index, known, added);
  const tables = await Promise.all(
    inputs.map(async (input) => {
      const own = driving.find(({ source }) => source.table === input.table);
      if (stale === undefined || own === undefined) return input.read();
      const { lookback, key } = own.source;
      const back = extended(stale, -lookback);
      const needed = key.length === 0 ? back : new Set([...back, ...(await index.neighbours(keys, back))]);
      return readPartitions(own, needed, unit);
    }),
  );
  const { adapter, note } = adapterFor(
    deps,
    tables.reduce((sum, { files }) => sum + totalBytes(files), 0),
  );
  const sql = model.sql[adapter.engine];
  return {
    adapter,
    sql: stale === undefined ? sql : restricted(model, sql, unit, stale),
    inputs: tables,
    replaces: ({ partition: [value = null] }) =>
      stale === undefined || stale.has(value === null ? null : Number(value)),
    isWhole: stale === undefined,
    notes: [...(stale === undefined ? [] : [described(stale, unit)]), ...(note === undefined ? [] : [note])],
    state,
    temporary: [],
  };
}

/** What it takes to compare the inputs of a partitioned table; nothing is written. */
export type ComparedBuild = Pick<TableBuild, 'model' | 'request' | 'inputs'> & {
  readonly deps: Pick<BuildDeps, 'io'> & { readonly adapters: Pick<BuildDeps['adapters'], 'duckdb'> };
};

/** The inputs that partitions come from, compared with those of the published version. */
export async function compareInputs(build: ComparedBuild, before: BuildState | undefined) {
  const { deps, model, inputs } = build;
  const unit = unitOf(model.partitionBy[0]?.transform ?? 'day');
  const scanner = deps.adapters.duckdb;
  const driving = await Promise.all(
    model.partitionsFrom.map((source) => compare(build, scanner, unit, source, before?.inputs[source.table])),
  );
  const parts = new Set(driving.map(({ source }) => source.table));
  const isAllStale =
    before === undefined ||
    changedWhole(inputs, parts, before) !== undefined ||
    driving.some(({ changed }) => changed === undefined);
  return { unit, driving, isAllStale };
}

async function compare(
  { deps, model, request, inputs }: ComparedBuild,
  scanner: EngineAdapter,
  unit: PartitionUnit,
  source: PartitionSource,
  before: InputState | undefined,
): Promise<DrivingInput> {
  const input = inputs.find(({ table }) => table === source.table);
  if (input === undefined) throw new RangeError(`${model.name} does not read ${source.table}`);
  const nothing = { source, input, lost: new Set<Partition>(), added: [] };
  if (!isSource(input)) {
    const now = await partitionsOfTable(deps, input);
    const state = { version: input.version, ...(now === undefined ? {} : { partitions: now }) };
    if (before?.version === input.version) return { ...nothing, state, changed: new Set() };
    const then = before?.partitions;
    if (now === undefined || then?.unit !== now.unit || then.columns !== now.columns) {
      return { ...nothing, state, changed: undefined };
    }
    const names = new Set([...Object.keys(now.contents), ...Object.keys(then.contents)]);
    const different = [...names].filter((name) => now.contents[name] !== then.contents[name]).map(partitionOf);
    return { ...nothing, state, changed: new Set(different.flatMap((partition) => inUnit(partition, now.unit, unit))) };
  }
  const { added, removed } = compareObjects(input, before);
  const scanned = await partitionsOf(scanner, input, added, source.column, unit, request.asOf);
  const known = before?.objects ?? {};
  const lost = new Set(removed.flatMap((id) => [...unpacked(known[id] ?? [])]));
  const objects = Object.fromEntries(
    input.objects.map((object) => {
      const id = objectId(object);
      return [id, known[id] ?? packed(scanned.get(id) ?? new Set())] as const;
    }),
  );
  return {
    source,
    input,
    state: { version: input.version, objects },
    changed:
      before?.objects === undefined
        ? undefined
        : new Set([...lost, ...[...scanned.values()].flatMap((set) => [...set])]),
    lost,
    added,
  };
}

const partitionOf = (name: string): Partition => (name === 'null' ? null : Number(name));

/** The rows of new objects, where the input has a key. */
const keyedRows = ({ source: { key, column }, input, added }: DrivingInput) =>
  key.length === 0 || added.length === 0 || !isSource(input) ? [] : [{ rows: input.withObjects(added), key, column }];

async function stalePartitions(
  driving: readonly DrivingInput[],
  index: KeyIndex,
  known: readonly InputFile[],
  added: readonly InputFile[],
): Promise<PartitionSet> {
  const lost = new Set(driving.flatMap((own) => (own.source.key.length === 0 ? [] : [...own.lost])));
  const moved = [...(await index.touched(known, added)), ...(await index.neighbours(known, lost))];
  return staleBy(driving, moved);
}

/** The partitions to build for what changed, and for the partitions that rows of the same keys lie in. */
export const staleBy = (driving: readonly DrivingInput[], moved: readonly Partition[]): PartitionSet =>
  new Set(
    driving.flatMap(({ source: { lookback, key }, changed }) => [
      ...extended(new Set([...(changed ?? []), ...(key.length === 0 ? [] : moved)]), lookback),
    ]),
  );

/** The files that have rows of some partitions; other rows in them may be left out. */
export async function readPartitions(
  { source, input, state }: DrivingInput,
  needed: PartitionSet,
  unit: PartitionUnit,
): Promise<InputTable> {
  const table = await (isSource(input) ? readObjects(input, state, needed) : readTable(input, state, needed, unit));
  const type = table.columns.find(({ name }) => name === source.column)?.type ?? 'timestamp';
  return { ...table, where: isWithin(source.column, type, unit, needed) };
}

function readObjects(input: SourceInput, { objects = {} }: InputState, needed: PartitionSet): InputTable {
  const isNeeded = (object: InputFile): boolean =>
    [...unpacked(objects[objectId(object)] ?? [])].some((partition) => needed.has(partition));
  return input.withObjects(input.objects.filter(isNeeded));
}

function readTable(
  input: Exclude<BuildInput, SourceInput>,
  { partitions }: InputState,
  needed: PartitionSet,
  unit: PartitionUnit,
): Promise<InputTable> {
  if (partitions === undefined) return input.read();
  return input.readFiles(({ partition: [value = null] }) =>
    inUnit(value === null ? null : Number(value), partitions.unit, unit).some((partition) => needed.has(partition)),
  );
}

/** The model's SELECT without the rows of other partitions: they are made from a part of what they need. */
function restricted(
  { partitionBy, columns }: TableBuild['model'],
  sql: string,
  unit: PartitionUnit,
  stale: PartitionSet,
): string {
  const column = partitionBy[0]?.column ?? '';
  const type = columns.find(({ name }) => name === column)?.type ?? 'timestamp';
  return `select * from (\n${sql}\n) as rebuilt where ${isWithin(column, type, unit, stale)}`;
}

const SHOWN = 3;

function described(stale: PartitionSet, unit: PartitionUnit): string {
  if (stale.size === 0) return 'no partition is stale';
  const names = [...stale].map((partition) => partitionName(unit, partition)).sort();
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `rebuilds ${unit} ${shown}${more}`;
}
