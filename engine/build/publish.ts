import { randomUUID } from 'node:crypto';
import type { NewFile } from '../adapters/adapter.ts';
import { addContents, EMPTY_CONTENT } from '../adapters/content.ts';
import { hashOf } from '../hash.ts';
import { commit, type DataFile, type Snapshot } from '../iceberg/index.ts';
import { discard } from './discard.ts';
import type { BuildPlan, TableBuild } from './plan.ts';
import { snapshotProperties } from './published.ts';
import { type BuildState, filesOf, partitioningOf, partitionKey, stateFolder, writeState } from './state.ts';
import { pathsOf } from './version.ts';

/** A version that was written and passed its checks. */
export interface NewVersion {
  readonly plan: BuildPlan;
  readonly added: readonly NewFile[];
  /** Files of the published version that a plan of less than the whole replaces. */
  readonly removed: readonly DataFile[];
  readonly fingerprint: string;
}

/** Publishes a version in one step, after its state, which the next build must find. Throws `commit_conflict`. */
export async function publish(build: TableBuild, version: NewVersion): Promise<Snapshot> {
  const { deps, model, request, definition, table, inputs } = build;
  const { plan, added, removed, fingerprint } = version;
  const state = stateOf(build, version);
  const uri = `${stateFolder(definition)}/${randomUUID()}.json.gz`;
  await writeState(deps.io, uri, state);
  const content = hashOf({ columns: state.columns, contents: state.contents });
  const snapshot = await commit(deps.catalog, deps.io, table, {
    ...(plan.isWhole ? { operation: 'replace' } : { operation: 'overwrite', remove: pathsOf(removed) }),
    add: added,
    definition,
    properties: snapshotProperties({ model, request, fingerprint, inputs, content, state: uri }),
  });
  await forgetState(build, state);
  return snapshot;
}

function stateOf({ model, definition, state }: TableBuild, { plan, added, removed }: NewVersion): BuildState {
  const gone = new Set(removed.map(partitionKey));
  const kept = plan.isWhole ? [] : Object.entries(state?.contents ?? {}).filter(([key]) => !gone.has(key));
  return {
    formatVersion: 1,
    partitioning: partitioningOf(definition),
    columns: hashOf(model.columns.map(({ name, type }) => [name, type])),
    contents: { ...Object.fromEntries(kept), ...contentsOf(added) },
    ...plan.state,
  };
}

function contentsOf(files: readonly NewFile[]): BuildState['contents'] {
  const contents: Record<string, string> = {};
  for (const file of files) {
    const key = partitionKey(file);
    contents[key] = addContents(contents[key] ?? EMPTY_CONTENT, file.content);
  }
  return contents;
}

/** Deletes the state before, which no build will ask for. */
async function forgetState({ deps, published, state }: TableBuild, now: BuildState): Promise<void> {
  if (published === undefined || state === undefined) return;
  const used = new Set(filesOf(now));
  const unused = filesOf(state).filter((uri) => !used.has(uri));
  await discard(deps, [published.state, ...unused]);
}
