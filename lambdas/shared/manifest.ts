import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TributaryError } from '../../common/errors.ts';
import type { Manifest } from '../../engine/manifest.ts';
import { requireEnv } from './env.ts';

let loaded: Manifest | undefined;

/** The compiled models, which the deployment puts beside the function's code. */
export function deployedManifest(): Manifest {
  loaded ??= read(join(requireEnv('LAMBDA_TASK_ROOT'), 'manifest.json'));
  return loaded;
}

function read(path: string): Manifest {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  if (manifest.formatVersion === 1) return manifest;
  throw new TributaryError({
    code: 'manifest_version',
    message: `the manifest has format ${manifest.formatVersion}, which this function cannot read`,
    where: path,
    advice: 'Deploy again: the function and its manifest come from different versions.',
  });
}
