// One run of Tributary's engine over the models, as a process of its own:
//   node bench/comparison/tributary.ts <data folder> <lake folder> <S3 endpoint>
// The catalog is a file, everything else lies behind the endpoint. Prints what became of each model.
import { join } from 'node:path';
import { type BuildDeps, buildModel } from '../../engine/build/index.ts';
import { dataFiles, loadTable } from '../../engine/iceberg/index.ts';
import { AS_OF } from './data.ts';
import { engineDeps } from './engine-deps.ts';
import { compiledModels } from './project.ts';
import { filesOf, writeTables } from './tables.ts';

const [data = '', lake = '', endpoint = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const deps = await engineDeps({ manifest: await compiledModels(), data, lake, endpoint });
  for (const { name } of deps.manifest.models) await build(deps, name);
  await tellTables(deps);
}

async function build(deps: BuildDeps, model: string): Promise<void> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const record = await buildModel(deps, {
    runId: `${AS_OF}T00-00-00Z-${process.pid}`,
    asOf: AS_OF,
    full: false,
    selected: null,
    allowBreaking: false,
    audit: false,
    engine: null,
    model,
  });
  if (record.status !== 'built' && record.status !== 'skipped') throw new Error(`${model}: ${record.reason}`);
  const failed = record.checks.filter(({ passed }) => !passed).map(({ check }) => check);
  if (failed.length > 0) throw new Error(`${model} fails ${failed.join(', ')}`);
  const { user, system } = process.cpuUsage(before);
  const [seconds, processor] = [(performance.now() - start) / 1000, (user + system) / 1e6];
  console.log(
    `${model} ${record.status}: ${seconds.toFixed(2)} s, processor ${processor.toFixed(2)} s; ${record.reason}`,
  );
}

async function tellTables({ manifest, catalog, io }: BuildDeps): Promise<void> {
  const tables: Record<string, string> = {};
  for (const { name } of manifest.models) {
    const [database = '', table = ''] = name.split('.');
    const loaded = await loadTable(catalog, io, database, table);
    const files = loaded === undefined ? [] : await dataFiles(io, loaded);
    tables[name] = filesOf(files.map(({ path }) => join(lake, path.slice('s3://'.length))));
  }
  await writeTables(lake, tables);
}

await main();
