import { TributaryError } from '../../common/errors.ts';
import { asSnapshot, currentSnapshot, type SnapshotRecord, type TableMetadata } from './metadata.ts';
import type { Catalog, FileIo } from './ports.ts';
import { nextTimestamp, publish, type Table } from './table.ts';
import type { Snapshot } from './types.ts';

/**
 * Makes an earlier version current again: by default the one that was current before. Nothing is copied or deleted, so
 * that the way back stays open until versions expire. Throws `no_such_snapshot`, `no_earlier_version`, `commit_conflict`.
 */
export async function rollback(catalog: Catalog, io: FileIo, table: Table, snapshotId?: string): Promise<Snapshot> {
  const { metadata } = table;
  const target = snapshotId === undefined ? versionBefore(table) : versionById(table, snapshotId);
  await publish(catalog, io, table, withCurrent(metadata, target), []);
  return asSnapshot(target, metadata);
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
    'current-snapshot-id': id,
    refs: { ...metadata.refs, main: { ...metadata.refs?.main, 'snapshot-id': id, type: 'branch' } },
    'snapshot-log': [
      ...(metadata['snapshot-log'] ?? []),
      { 'timestamp-ms': nextTimestamp(metadata), 'snapshot-id': id },
    ],
  };
}
