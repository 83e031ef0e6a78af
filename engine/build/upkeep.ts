import { asError } from '../../common/errors.ts';
import {
  deleteOrphans,
  deleteUnused,
  expireSnapshots,
  loadTable,
  type Sweep,
  snapshots,
  type Table,
  type TableDefinition,
} from '../iceberg/index.ts';
import type { CompiledModel } from '../manifest.ts';
import type { BuildRequest } from '../run.ts';
import { tableDefinition } from '../table-definition.ts';
import type { BuildDeps } from './ports.ts';
import { PROPERTY, publishedBy } from './published.ts';
import { filesOf, readState, stateFolder } from './state.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Builds leave old versions to the nightly audit, since each time all manifests are read; without one, they tidy up daily. */
const SPARED_DAYS = 1;

/**
 * What a table needs now and then: versions past their time are forgotten and, in an audit, the files go that killed
 * builds left. It may run beside builds. What is published stays published whatever happens here, so a failure is only
 * noted; the next run tries again. Returns what to say of it.
 */
export async function keepUp(
  deps: BuildDeps,
  model: CompiledModel,
  { audit }: Pick<BuildRequest, 'audit'>,
): Promise<readonly string[]> {
  const definition = tableDefinition(model, deps.settings.buckets);
  try {
    await expireOldVersions(deps, definition, audit ? 0 : SPARED_DAYS);
    const { files, bytes } = audit ? await sweep(deps, definition) : { files: 0, bytes: 0 };
    return files === 0 ? [] : [`${files} ${files === 1 ? 'file' : 'files'} of killed builds deleted, ${bytes} bytes`];
  } catch (error) {
    return [`old files stay for now: ${asError(error).message}`];
  }
}

/** Forgets versions past their time, once one of them is so many days older than that. */
async function expireOldVersions(
  { catalog, io, settings, now }: BuildDeps,
  { database, table }: TableDefinition,
  sparedDays: number,
): Promise<void> {
  const { days, versions } = settings.retention;
  const published = await loadTable(catalog, io, database, table);
  if (published === undefined) return;
  const olderThanMs = now().getTime() - days * DAY_MS;
  const isDue = snapshots(published).some(({ timestampMs }) => timestampMs < olderThanMs - sparedDays * DAY_MS);
  if (isDue) await expireSnapshots(catalog, io, published, { olderThanMs, keepLast: versions });
}

/** Deletes files of the table, and of its builds' states, that are in nobody's use. */
async function sweep(deps: BuildDeps, definition: TableDefinition): Promise<Sweep> {
  const { catalog, io, listing, settings, now } = deps;
  const { database, table: name } = definition;
  const olderThanMs = now().getTime() - settings.retention.orphanDays * DAY_MS;
  const states = await listing.list(`${stateFolder(definition)}/`);
  // Loaded after the listing: what a build has published in between is in use by now.
  const table = await loadTable(catalog, io, database, name);
  if (table === undefined) return { files: 0, bytes: 0 };
  const ofStates = await deleteUnused(io, states, await stateFiles(io, table), olderThanMs);
  const ofTable = await deleteOrphans(catalog, io, listing, table, olderThanMs);
  return { files: ofStates.files + ofTable.files, bytes: ofStates.bytes + ofTable.bytes };
}

/** The states of all versions, and the files of the one that the next build goes by. */
async function stateFiles(io: BuildDeps['io'], table: Table): Promise<readonly string[]> {
  const published = publishedBy(table);
  const state = published && (await readState(io, published.state));
  const uris = snapshots(table).flatMap(({ summary }) => summary[PROPERTY.state] ?? []);
  return state === undefined ? uris : [...uris, ...filesOf(state)];
}
