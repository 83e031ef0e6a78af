import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TributaryError } from '../../../common/errors.ts';
import { MANIFEST_FILE, type Manifest } from './manifest.ts';

/** Lies in a folder from the first moment of an output until its manifest is there. */
const MARKER = '.tributary-output';
const OWN: readonly string[] = [MARKER, MANIFEST_FILE, 'landing', 'events', 'truth'];

/**
 * Makes the folder ready for a new output: what an earlier one has left, whole or not, is removed. Throws
 * `foreign_folder` when there is anything in it that no output has put there.
 */
export async function beginOutput(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const found = await readdir(folder);
  const isOwn = found.includes(MARKER) || found.includes(MANIFEST_FILE);
  const foreign = isOwn ? found.find((name) => !OWN.includes(name)) : found[0];
  if (foreign !== undefined) {
    throw new TributaryError({
      code: 'foreign_folder',
      message: `the folder holds ${foreign}, which no output of this kind has put there`,
      where: folder,
      advice: 'choose an empty folder, or one that is yet to be made',
    });
  }
  await writeFile(
    join(folder, MARKER),
    'An output is under way here; without a manifest beside, it was interrupted.\n',
  );
  for (const name of found.filter((one) => one !== MARKER)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

export async function endOutput(folder: string, manifest: Manifest): Promise<void> {
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(join(folder, MARKER));
}
