import { hashOf } from './hash.ts';
import type { CompiledModel } from './manifest.ts';

/** The version of one table that a build reads. */
export interface InputVersion {
  readonly table: string;
  /** Fingerprint of a snapshot, id of a snapshot that somebody else made, or hash of a source's objects. */
  readonly version: string;
}

/** Hashes by partition of a table version; `WHOLE_TABLE` stands for all of it. */
export type Fingerprints = Readonly<Record<string, string>>;

export const WHOLE_TABLE = '*';

/**
 * Hash of everything that decides a table's rows: its logic, the versions of its inputs in whatever order they are
 * given, and the logical date where the logic uses it.
 */
export function fingerprintsOf(
  model: Pick<CompiledModel, 'logicHash' | 'usesLogicalDate'>,
  inputs: readonly InputVersion[],
  asOf: string,
): Fingerprints {
  const versions = Object.fromEntries(inputs.map(({ table, version }) => [table, version]));
  return {
    [WHOLE_TABLE]: hashOf({ logic: model.logicHash, versions, ...(model.usesLogicalDate ? { asOf } : {}) }),
  };
}

/** Version of a source: its objects as they were listed, in whatever order. */
export const sourceVersion = (files: readonly { readonly uri: string; readonly etag?: string }[]): string =>
  hashOf(files.map(({ uri, etag }) => `${uri} ${etag ?? ''}`).sort());
