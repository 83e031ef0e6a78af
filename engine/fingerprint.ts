import { hashOf } from './hash.ts';
import type { CompiledModel } from './manifest.ts';

/** The version of one table that a build reads. */
export interface InputVersion {
  readonly table: string;
  /** Hash of a table's rows, id of a snapshot that somebody else made, or hash of a source's objects. */
  readonly version: string;
}

/**
 * Hash of everything that decides a table's rows: its logic, the versions of its inputs in whatever order they are
 * given, and the logical date where the logic uses it.
 */
export function fingerprintOf(
  model: Pick<CompiledModel, 'logicHash' | 'usesLogicalDate'>,
  inputs: readonly InputVersion[],
  asOf: string,
): string {
  const versions = Object.fromEntries(inputs.map(({ table, version }) => [table, version]));
  return hashOf({ logic: model.logicHash, versions, ...(model.usesLogicalDate ? { asOf } : {}) });
}

interface SourceObject {
  readonly uri: string;
  readonly etag?: string;
}

/** Version of a source: its objects as they were listed, in whatever order. */
export const sourceVersion = (objects: readonly SourceObject[]): string => hashOf(objects.map(objectId).sort());

/** Short name of an object as it was listed; another one once it is overwritten. */
export const objectId = ({ uri, etag }: SourceObject): string => hashOf(`${uri} ${etag ?? ''}`).slice(0, 16);
