import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { InputFile } from '../../engine/adapters/adapter.ts';
import { compileModels, readModels, sourceTable } from '../../engine/compile/index.ts';
import type { Manifest, SourceTable } from '../../engine/manifest.ts';
import { contracts } from '../../events/contracts/index.ts';
import { bronzeTable } from '../../events/contracts/tables.ts';
import { etagOf } from './object-server.ts';

/** What all contenders get alike. */
export const THREADS = 2;
export const DUCKDB_MEMORY = '4GB';

/** The models that all contenders build. */
export async function compiledModels(): Promise<Manifest> {
  return compileModels(await readModels(import.meta.dirname), contracts.map(bronzeTable).map(sourceTable));
}

/** The sources that the models read. */
export const usedSources = ({ models, sources }: Manifest): readonly SourceTable[] =>
  sources.filter(({ name }) => models.some(({ inputs }) => inputs.includes(name)));

/** The objects of a source below `root`/bronze, as S3 would list them. */
export async function listObjects(root: string, { bucket, prefix }: SourceTable): Promise<readonly InputFile[]> {
  const folder = join(root, bucket, prefix);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    paths.toSorted().map(async (path) => {
      const found = await stat(path);
      return { uri: `s3://${relative(root, path)}`, bytes: found.size, etag: etagOf(found) };
    }),
  );
}
