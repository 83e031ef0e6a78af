import { TributaryError } from '../../common/errors.ts';
import { asSnapshot, currentSnapshot, type SnapshotRecord, type TableMetadata } from './metadata.ts';
import type { Catalog, FileIo } from './ports.ts';
import { nextTimestamp, publish, type Table } from './table.ts';
import type { Snapshot } from './types.ts';

/** Properties of a table that are set, or removed where they are undefined. */
export type PropertyChanges = Readonly<Record<string, string | undefined>>;

/**
 * Makes an earlier version current again, with its columns: by default the one that was current before. Nothing is
 * copied or deleted, so that the way back stays open until versions expire. Properties change in the same step.
 * Throws `no_such_snapshot`, `no_earlier_version`, `commit_conflict`.
 */
export async function rollback(
  catalog: Catalog,
  io: FileIo,
  table: Table,
  snapshotId?: string,
  properties: PropertyChanges = {},
): Promise<Snapshot> {
  const { metadata } = table;
  const target = snapshotId === undefined ? versionBefore(table) : versionById(table, snapshotId);
  await publish(catalog, io, table, withProperties(withCurrent(metadata, target), properties), []);
  return asSnapshot(target, metadata);
}

/** Changes properties of a table and nothing else. Throws `commit_conflict`. */
export const changeProperties = (
  catalog: Catalog,
  io: FileIo,
  table: Table,
  properties: PropertyChanges,
): Promise<void> => publish(catalog, io, table, withProperties(table.metadata, properties), []);

function withProperties(metadata: TableMetadata, changes: PropertyChanges): TableMetadata {
  const all: PropertyChanges = { ...metadata.properties, ...changes };
  const kept = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...metadata, properties: Object.fromEntries(kept) };
}

/** What was current last before the current version; an expired one is passed over. */
function versionBefore({ name, metadata }: Table): SnapshotRecord {
  const current = currentSnapshot(metadata)?.['snapshot-id'];
  const before = (metadata['snapshot-log'] ?? [])
    .map((entry) => entry['snapshot-id'])
    .filter((id) => id !== current)
    .flatMap((id) => (metadata.snapshots ?? []).filter((snapshot) => snapshot['snapshot-id'] === id))
    .at(-1);
  if (before !== undefined) return before;
  throw new TributaryError({
    code: 'no_earlier_version',
    message: 'the table has no version before its current one, or it has expired',
    where: name,
  });
}

function versionById({ name, metadata }: Table, id: string): SnapshotRecord {
  const found = (metadata.snapshots ?? []).find((snapshot) => String(snapshot['snapshot-id']) === id);
  if (found !== undefined) return found;
  throw new TributaryError({
    code: 'no_such_snapshot',
    message: `the table has no version ${id}, or it has expired`,
    where: name,
    advice: `npx tributary history ${name} lists the versions`,
  });
}

function withCurrent(metadata: TableMetadata, target: SnapshotRecord): TableMetadata {
  const id = target['snapshot-id'];
  return {
    ...metadata,
    'current-schema-id': schemaIdOf(metadata, target),
    'current-snapshot-id': id,
    refs: { ...metadata.refs, main: { ...metadata.refs?.main, 'snapshot-id': id, type: 'branch' } },
    'snapshot-log': [
      ...(metadata['snapshot-log'] ?? []),
      { 'timestamp-ms': nextTimestamp(metadata), 'snapshot-id': id },
    ],
  };
}

/** The schema of a version, unless it lacks a column that the table is now partitioned or sorted by. */
function schemaIdOf(metadata: TableMetadata, target: SnapshotRecord): number {
  const current = metadata['current-schema-id'];
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === target['schema-id']);
  const spec = metadata['partition-specs'].find((one) => one['spec-id'] === metadata['default-spec-id']);
  const order = metadata['sort-orders'].find((one) => one['order-id'] === metadata['default-sort-order-id']);
  const needed = [...(spec?.fields ?? []), ...(order?.fields ?? [])].map((field) => field['source-id']);
  const known = new Set(schema?.fields.map(({ id }) => id));
  return schema !== undefined && needed.every((id) => known.has(id)) ? schema['schema-id'] : current;
}
