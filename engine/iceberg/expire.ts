import type { TableMetadata } from './metadata.ts';
import type { Catalog, FileIo } from './ports.ts';
import { filesOfVersions } from './read.ts';
import { publish, type Table } from './table.ts';

export interface ExpiryRule {
  /** Versions made before this may go, in milliseconds since 1970. */
  readonly olderThanMs: number;
  /** The newest versions stay however old they are; at least the current one does. */
  readonly keepLast: number;
}

export interface Expiry {
  readonly expiredSnapshots: number;
  readonly deletedFiles: number;
}

/**
 * Forgets old versions and deletes the files that only they used: whatever a remaining version, branch or tag can reach
 * stays, and nothing outside the table's folder is touched. Files go after the versions did, so that a failure leaves
 * superfluous files, never missing ones. Throws `commit_conflict`.
 */
export async function expireSnapshots(catalog: Catalog, io: FileIo, table: Table, rule: ExpiryRule): Promise<Expiry> {
  const { metadata } = table;
  const all = metadata.snapshots ?? [];
  const retainedIds = retained(metadata, rule);
  const kept = all.filter((snapshot) => retainedIds.has(String(snapshot['snapshot-id'])));
  const expired = all.filter((snapshot) => !kept.includes(snapshot));
  if (expired.length === 0) return { expiredSnapshots: 0, deletedFiles: 0 };

  const used = await filesOfVersions(io, kept, 'live');
  const candidates = await filesOfVersions(io, expired, 'all', used);
  const metadataLog = metadata['metadata-log'] ?? [];
  const oldMetadata = metadataLog.filter((entry) => entry['timestamp-ms'] < rule.olderThanMs);
  const garbage = [...candidates, ...oldMetadata.map((entry) => entry['metadata-file'])].filter(
    (path) => !used.has(path) && path.startsWith(`${metadata.location}/`),
  );
  const next: TableMetadata = {
    ...metadata,
    snapshots: kept,
    'snapshot-log': validHistory(metadata, retainedIds),
    'metadata-log': metadataLog.filter((entry) => !oldMetadata.includes(entry)),
  };
  await publish(catalog, io, table, next, []);
  await io.delete(garbage);
  return { expiredSnapshots: expired.length, deletedFiles: garbage.length };
}

/** Ids of the versions that must stay: new enough, among the newest, or named by a branch or a tag. */
function retained(metadata: TableMetadata, { olderThanMs, keepLast }: ExpiryRule): ReadonlySet<string> {
  const all = metadata.snapshots ?? [];
  const recent = all.filter((snapshot) => snapshot['timestamp-ms'] >= olderThanMs);
  const named = Object.values(metadata.refs ?? {}).map((ref) => ref['snapshot-id']);
  const newest = all.slice(-Math.max(keepLast, 1));
  const current = metadata['current-snapshot-id'];
  return new Set([...[...recent, ...newest].map((snapshot) => snapshot['snapshot-id']), ...named, current].map(String));
}

/** The log after the last version that is gone: what was current before cannot be told any more. */
function validHistory(metadata: TableMetadata, retainedIds: ReadonlySet<string>) {
  const log = metadata['snapshot-log'] ?? [];
  const lastGone = log.findLastIndex((entry) => !retainedIds.has(String(entry['snapshot-id'])));
  return log.slice(lastGone + 1);
}
