import { z } from 'zod';
import { type Fingerprints, type InputVersion, WHOLE_TABLE } from '../fingerprint.ts';
import type { Snapshot } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { RunRequest } from '../run.ts';

const PROPERTY = {
  runId: 'tributary.run-id',
  asOf: 'tributary.as-of',
  fingerprint: 'tributary.fingerprint',
  logic: 'tributary.logic',
  inputs: 'tributary.inputs',
} as const;

/** What a build writes on the snapshot that it publishes. */
export function snapshotProperties(
  model: Pick<CompiledModel, 'logicHash'>,
  { runId, asOf }: Pick<RunRequest, 'runId' | 'asOf'>,
  fingerprints: Fingerprints,
  inputs: readonly InputVersion[],
): Readonly<Record<string, string>> {
  return {
    [PROPERTY.runId]: runId,
    [PROPERTY.asOf]: asOf,
    [PROPERTY.fingerprint]: JSON.stringify(fingerprints),
    [PROPERTY.logic]: model.logicHash,
    [PROPERTY.inputs]: JSON.stringify(Object.fromEntries(inputs.map(({ table, version }) => [table, version]))),
  };
}

/** Fingerprint of a snapshot's whole table; undefined where somebody else made the snapshot. */
export const fingerprintOf = ({ summary }: Snapshot): string | undefined =>
  record(summary[PROPERTY.fingerprint])?.[WHOLE_TABLE];

/** What has changed since a snapshot was published, in a few words; the first change that is found. */
export function whatChanged(
  snapshot: Snapshot | undefined,
  model: Pick<CompiledModel, 'logicHash'>,
  inputs: readonly InputVersion[],
  asOf: string,
): string {
  if (snapshot === undefined) return 'first version';
  const { summary } = snapshot;
  if (fingerprintOf(snapshot) === undefined) return 'the last version was made by another writer';
  if (summary[PROPERTY.logic] !== model.logicHash) return 'the model changed';
  const before = record(summary[PROPERTY.inputs]) ?? {};
  const changed = inputs.find(({ table, version }) => before[table] !== version);
  if (changed !== undefined) return `${changed.table} changed`;
  return summary[PROPERTY.asOf] === asOf ? 'full rebuild' : `the logical date is now ${asOf}`;
}

/** A property that holds an object of strings; undefined where it is absent or something else. */
function record(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  try {
    return z.record(z.string(), z.string()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
