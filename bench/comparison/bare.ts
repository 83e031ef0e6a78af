// The same SQL without an engine around it, as a process of its own:
//   node bench/comparison/bare.ts <data folder> <output folder>
// Each model's SELECT in a COPY with the order and the partitions that its header asks for, then its checks in one scan.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { relationSql } from '../../engine/adapters/duckdb/relations.ts';
import { literal } from '../../engine/adapters/duckdb/types.ts';
import { DUCKDB_PRELUDE } from '../../engine/dialect/prelude.ts';
import type { CompiledModel } from '../../engine/manifest.ts';
import { AS_OF } from './data.ts';
import { compiledModels, DUCKDB_MEMORY, listObjects, THREADS, usedSources } from './project.ts';
import { writeTables } from './tables.ts';

const [data = '', output = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const manifest = await compiledModels();
  await mkdir(output, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(THREADS),
    memory_limit: DUCKDB_MEMORY,
    temp_directory: join(output, 'spill'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  for (const statement of DUCKDB_PRELUDE) await connection.run(statement);
  await connection.run(`set variable as_of = date '${AS_OF}'`);
  for (const schema of ['bronze', 'silver', 'gold']) await connection.run(`create schema ${schema}`);
  for (const source of usedSources(manifest)) {
    const { name, columns, partitionColumns, format } = source;
    const paths = (await listObjects(data, source)).map(({ uri }) => join(data, uri.slice('s3://'.length)));
    const table = { name, columns, format, files: [], pathColumns: partitionColumns };
    await connection.run(`create view ${name} as ${relationSql(table, paths)}`);
  }
  const tables: Record<string, string> = {};
  for (const model of manifest.models) {
    const start = performance.now();
    const folder = join(output, model.name);
    await mkdir(folder);
    await connection.run(copy(model, folder));
    const rows = `select * from read_parquet(${literal(join(folder, '**', '*.parquet'))}, hive_partitioning = false)`;
    await connection.run(`create view ${model.name} as ${rows}`);
    const audited = await connection.runAndReadAll(model.audit.sql.duckdb);
    const failed = Object.entries(audited.getRowObjectsJson()[0] ?? {}).filter(
      ([name, value]) => /^c\d+$/.test(name) && Number(value) > 0,
    );
    if (failed.length > 0) throw new Error(`${model.name} fails ${failed.map(([name]) => name).join(', ')}`);
    tables[model.name] = rows;
    console.log(`${model.name} ${((performance.now() - start) / 1000).toFixed(2)} s`);
  }
  await writeTables(output, tables);
  connection.closeSync();
  instance.closeSync();
}

function copy({ sql, partitionBy, sortBy }: CompiledModel, folder: string): string {
  const keys = partitionBy.map(({ column, transform }, i) => ({
    name: `key_${i}`,
    column: `date_trunc('${transform}', ${column}) as key_${i}`,
  }));
  const names = keys.map(({ name }) => name);
  const rows = `select ${['*', ...keys.map(({ column }) => column)].join(', ')} from (${sql.duckdb})`;
  const order = [...names, ...sortBy].join(', ');
  const ordered = order === '' ? rows : `${rows} order by ${order}`;
  const [target, partitions] =
    names.length === 0 ? [join(folder, 'all.parquet'), ''] : [folder, `, partition_by (${names.join(', ')})`];
  return `copy (${ordered}) to ${literal(target)} (format parquet, compression zstd${partitions})`;
}

await main();
