import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Manifest } from '../engine/manifest.ts';

/** The compiled models, and where they are written down for the bundles that carry them. */
export interface CompiledManifest extends Manifest {
  readonly file: string;
}

/** Writes the manifest into a file that bundles copy under its own name. */
export function writeManifest(manifest: Manifest, file: string): CompiledManifest {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(manifest));
  return { ...manifest, file };
}
