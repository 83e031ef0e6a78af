import { snapshotOf, snapshots } from './read.ts';
import type { Table } from './table.ts';
import type { Snapshot } from './types.ts';

export interface Version {
  readonly snapshot: Snapshot;
  /** `rolled_back`: it was current, and another version was made current again in its place. */
  readonly status: 'current' | 'earlier' | 'rolled_back';
  /** When it was last made current again, in milliseconds; undefined where it never was. */
  readonly restoredMs?: number;
}

/** All versions that a table still has, newest first, as its log tells of them. */
export function history(table: Table): readonly Version[] {
  const all = snapshots(table);
  const parents = new Map(all.map(({ id, parentId }) => [id, parentId]));
  const current = snapshotOf(table)?.id;
  const line = new Set<string>();
  for (let id = current; id !== undefined && !line.has(id); id = parents.get(id)) line.add(id);
  const log = (table.metadata['snapshot-log'] ?? []).map((entry) => ({ ...entry, id: String(entry['snapshot-id']) }));
  return all.toReversed().map((snapshot) => {
    const times = log.filter(({ id }) => id === snapshot.id).map((entry) => entry['timestamp-ms']);
    const restoredMs = times.length > 1 ? times.at(-1) : undefined;
    const status = snapshot.id === current ? 'current' : line.has(snapshot.id) ? 'earlier' : 'rolled_back';
    return { snapshot, status, ...(restoredMs === undefined ? {} : { restoredMs }) };
  });
}
