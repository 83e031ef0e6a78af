import type { InputFile, InputTable, NewFile } from '../adapters/adapter.ts';
import { objectId } from '../fingerprint.ts';
import { type DataFile, dataFiles, plannedColumns } from '../iceberg/index.ts';
import { MERGE_TABLES } from '../manifest.ts';
import { adapterFor } from './choose-engine.ts';
import { inputTable, isSource, totalBytes } from './inputs.ts';
import { type BuildPlan, changedWhole, type TableBuild, versionStates } from './plan.ts';
import { compareObjects } from './source-objects.ts';
import { type BuildState, partitionKey, stateFolder } from './state.ts';

/**
 * Plans the build of a merged table: the last versions among new rows, merged into the partitions that they touch. All
 * rows are new where an input other than a source changed, or where objects are gone, whose rows may have counted.
 */
export async function planMerge(build: TableBuild, before: BuildState | undefined): Promise<BuildPlan> {
  const { deps, model, inputs, definition, table, request } = build;
  const { mergeSql } = model;
  if (mergeSql === null) throw new RangeError(`${model.name} is not merged`);
  const sources = inputs.filter(isSource);
  const changes = new Map(sources.map((input) => [input.table, compareObjects(input, before?.inputs[input.table])]));
  const isWhole =
    before === undefined ||
    changedWhole(inputs, new Set(changes.keys()), before) !== undefined ||
    [...changes.values()].some(({ removed }) => removed.length > 0);
  const read = await Promise.all(
    inputs.map((input) => {
      const { added } = changes.get(input.table) ?? {};
      return isWhole || added === undefined || !isSource(input) ? input.read() : input.withObjects(added);
    }),
  );
  const { adapter, note } = adapterFor(
    deps,
    read.reduce((sum, { files }) => sum + totalBytes(files), 0),
  );
  const columns = plannedColumns(table, { operation: 'replace', definition });
  const write = (sql: string, tables: readonly InputTable[], partitionBy: typeof definition.partitionBy) =>
    adapter.write({
      sql,
      inputs: tables,
      asOf: request.asOf,
      columns,
      partitionBy,
      sortBy: [],
      destination: stateFolder(definition),
    });
  const candidates = await write(mergeSql.candidates[adapter.engine], read, definition.partitionBy);
  const touched = new Set(candidates.map(partitionKey));
  const published = isWhole ? [] : (await dataFiles(deps.io, table)).filter((file) => touched.has(partitionKey(file)));
  const asTable = (name: string, files: readonly InputFile[]): InputTable => ({
    name,
    format: 'parquet',
    columns,
    files,
  });
  const merged = [
    asTable(MERGE_TABLES.candidates, asInputs(candidates)),
    { ...inputTable(MERGE_TABLES.published, table, published), columns },
    asTable(MERGE_TABLES.tombstones, isWhole ? [] : before.tombstones),
  ];
  const tombstones =
    mergeSql.tombstones === null ? [] : asInputs(await write(mergeSql.tombstones[adapter.engine], merged, []));
  const objects = Object.fromEntries(
    sources.map((input) => [
      input.table,
      { version: input.version, objects: Object.fromEntries(input.objects.map((object) => [objectId(object), []])) },
    ]),
  );
  return {
    adapter,
    sql: mergeSql.rows[adapter.engine],
    inputs: merged,
    replaces: (file: DataFile) => isWhole || touched.has(partitionKey(file)),
    isWhole,
    notes: [...(isWhole ? [] : [`merges ${rowsIn(candidates)} keys`]), ...(note === undefined ? [] : [note])],
    state: { inputs: { ...versionStates(inputs), ...objects }, keys: [], tombstones: [...tombstones] },
    temporary: candidates.map(({ path }) => path),
  };
}

const asInputs = (files: readonly NewFile[]): readonly InputFile[] =>
  files.map(({ path, bytes }) => ({ uri: path, bytes }));

const rowsIn = (files: readonly NewFile[]): number => files.reduce((sum, { rows }) => sum + rows, 0);
