import { z } from 'zod';
import type { InputVersion } from '../fingerprint.ts';
import { rowsMadeBy, type Snapshot, type Table } from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { RunRequest } from '../run.ts';

/** Properties of the snapshots that builds publish. */
export const PROPERTY = {
  runId: 'tributary.run-id',
  asOf: 'tributary.as-of',
  fingerprint: 'tributary.fingerprint',
  logic: 'tributary.logic',
  inputs: 'tributary.inputs',
  content: 'tributary.content',
  state: 'tributary.state',
} as const;

/** What a build writes on the snapshot that it publishes. */
export interface Publication {
  readonly model: Pick<CompiledModel, 'logicHash'>;
  readonly request: Pick<RunRequest, 'runId' | 'asOf'>;
  readonly fingerprint: string;
  readonly inputs: readonly InputVersion[];
  /** Hash of all rows, whatever run, logic and files made them. */
  readonly content: string;
  /** Where the build's state is. */
  readonly state: string;
}

export const snapshotProperties = (publication: Publication): Readonly<Record<string, string>> => ({
  [PROPERTY.runId]: publication.request.runId,
  [PROPERTY.asOf]: publication.request.asOf,
  [PROPERTY.fingerprint]: publication.fingerprint,
  [PROPERTY.logic]: publication.model.logicHash,
  [PROPERTY.inputs]: JSON.stringify(
    Object.fromEntries(publication.inputs.map(({ table, version }) => [table, version])),
  ),
  [PROPERTY.content]: publication.content,
  [PROPERTY.state]: publication.state,
});

/** What the current version of a table says of itself. */
export interface Published {
  /** The run that published it; empty where that is not known. */
  readonly runId: string;
  readonly fingerprint: string;
  readonly logic: string;
  readonly asOf: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly content: string;
  readonly state: string;
}

/** What the build that made the table's current rows said of them; undefined where another writer made them. */
export function publishedBy(table: Table): Published | undefined {
  const snapshot = rowsMadeBy(table);
  return snapshot && parse(snapshot);
}

const inputs = z.record(z.string(), z.string());

function parse({ summary }: Snapshot): Published | undefined {
  const { fingerprint, logic, asOf, content, state } = PROPERTY;
  const [own, by, day, rows, uri] = [fingerprint, logic, asOf, content, state].map((name) => summary[name]);
  if (own === undefined || by === undefined || day === undefined || rows === undefined || uri === undefined) {
    return undefined;
  }
  const versions = inputs.safeParse(parseJson(summary[PROPERTY.inputs] ?? '{}')).data ?? {};
  const runId = summary[PROPERTY.runId] ?? '';
  return { runId, fingerprint: own, logic: by, asOf: day, inputs: versions, content: rows, state: uri };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What has changed since a version was published, in a few words; the first change that is found. */
export function whatChanged(
  snapshot: Snapshot | undefined,
  published: Published | undefined,
  model: Pick<CompiledModel, 'logicHash'>,
  current: readonly InputVersion[],
  asOf: string,
): string {
  if (snapshot === undefined) return 'first version';
  if (published === undefined) return 'the last version was made by another writer';
  if (published.logic !== model.logicHash) return 'the model changed';
  const changed = current.find(({ table, version }) => published.inputs[table] !== version);
  if (changed !== undefined) return `${changed.table} changed`;
  return published.asOf === asOf ? 'full rebuild' : `the logical date is now ${asOf}`;
}
