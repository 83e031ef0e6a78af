import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contracts } from '../../events/contracts/index.ts';
import { bronzeTable, INTAKE_TABLE, QUARANTINE_TABLE } from '../../events/contracts/tables.ts';
import { tablesIn } from '../dialect/tables.ts';
import { domainGraph, type PlaceOfRead, topologicalOrder } from '../graph.ts';
import { hashOf } from '../hash.ts';
import type { CompiledModel, Manifest, SourceTable } from '../manifest.ts';
import { compileModel, type ParsedModel, parseModel } from './compile-model.ts';
import { compileError, Diagnostics } from './errors.ts';
import type { ModelFile } from './model-file.ts';
import type { TableIndex, TableKeys } from './resolve.ts';
import { sourceTable } from './sources.ts';
import { publishedKeys, sourceKeys } from './table-keys.ts';

export type { ModelFile } from './model-file.ts';
export { sourceTable } from './sources.ts';

/** Compiles the models below `root`/sql over the contracts' tables. Throws as `compileModels` does. */
export async function compileProject(root: string): Promise<Manifest> {
  const sources = [...contracts.map(bronzeTable), QUARANTINE_TABLE, INTAKE_TABLE].map(sourceTable);
  return compileModels(await readModels(root), sources);
}

/** The model files below `root`/sql, in the order of their paths. */
export async function readModels(root: string): Promise<readonly ModelFile[]> {
  const names = await readdir(join(root, 'sql'), { recursive: true });
  const paths = names
    .filter((name) => name.endsWith('.sql'))
    .map((name) => `sql/${name.replaceAll('\\', '/')}`)
    .sort();
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/**
 * Compiles models to a manifest. The same files give the same bytes, in whatever order they come.
 * Throws a TributaryError with file, line and advice; where there are several errors, one that lists them.
 */
export function compileModels(files: readonly ModelFile[], sources: readonly SourceTable[]): Manifest {
  const diagnostics = new Diagnostics();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parsed = sorted.flatMap((file) => diagnostics.attempt(() => parseModel(file)) ?? []);
  for (const model of parsed) diagnostics.attempt(() => refuseDuplicate(model, parsed));
  // What reads a table whose file is in error would only repeat that error.
  diagnostics.throwIfAny();
  const tables = tableIndex(parsed, sources);
  const keys = tableKeys(parsed, sources);
  const partitionings = new Map(parsed.map(({ model }) => [model.name, model.partitionBy] as const));
  const known = new Map(
    parsed.flatMap(({ model }) => model.columns.map((column) => [`${model.name}.${column.name}`, column])),
  );
  const models = parsed.flatMap(
    (model) => diagnostics.attempt(() => compileModel(model, { tables, keys, partitionings }, known)) ?? [],
  );
  diagnostics.throwIfAny();
  return manifestOf(models, sources, placeOfRead(parsed));
}

/** Where in its SQL or in its checks a model first names a table. */
function placeOfRead(parsed: readonly ParsedModel[]): PlaceOfRead {
  const byName = new Map(parsed.map((model) => [model.model.name, model]));
  return (name, table) => {
    const model = byName.get(name);
    const mention =
      model && tablesIn(model.statement.query).find(({ name: { parts } }) => parts.join('.').toLowerCase() === table);
    if (mention !== undefined) return model?.statement.placeOf(mention.at);
    const check = model?.checks.find((placed) => JSON.stringify(placed.check.arguments).includes(table));
    return check && model?.header.placeOf(check.path);
  };
}

function manifestOf(
  unordered: readonly CompiledModel[],
  sources: readonly SourceTable[],
  placeOf: PlaceOfRead,
): Manifest {
  const models = topologicalOrder(unordered, placeOf);
  domainGraph(models, placeOf);
  const sortedSources = [...sources].sort((a, b) => (a.name < b.name ? -1 : 1));
  const content = { formatVersion: 1, models, sources: sortedSources } as const;
  return { ...content, hash: hashOf(content) };
}

function tableIndex(parsed: readonly ParsedModel[], sources: readonly SourceTable[]): TableIndex {
  return new Map([
    ...sources.map(({ name, columns, partitionColumns }) => [name, [...columns, ...partitionColumns]] as const),
    ...parsed.map(({ model }) => [model.name, model.columns] as const),
  ]);
}

const tableKeys = (parsed: readonly ParsedModel[], sources: readonly SourceTable[]): TableKeys =>
  new Map([
    ...sources.map((source) => [source.name, sourceKeys(source)] as const),
    ...parsed.map(({ model }) => [model.name, publishedKeys(model)] as const),
  ]);

function refuseDuplicate({ model }: ParsedModel, all: readonly ParsedModel[]): void {
  const first = all.find((other) => other.model.name === model.name);
  if (first === undefined || first.model.file === model.file) return;
  throw compileError(
    'duplicate_model',
    { file: model.file, line: 1, column: 1 },
    `${model.name} is defined in ${first.model.file} too`,
    'A table has one file: rename one of them.',
  );
}
