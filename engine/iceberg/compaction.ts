import { snapshotOf, snapshots } from './read.ts';
import type { Table } from './table.ts';
import type { Snapshot } from './types.ts';

/**
 * The snapshot that made the table's current rows. A compaction leaves a snapshot of the operation `replace` with as
 * many rows as the one before: the same rows in other files. Undefined where the table is empty, or where the snapshot
 * before a compaction has expired.
 */
export function rowsMadeBy(table: Table): Snapshot | undefined {
  const known = new Map(snapshots(table).map((snapshot) => [snapshot.id, snapshot]));
  let snapshot = snapshotOf(table);
  while (snapshot?.operation === 'replace') {
    const before = known.get(snapshot.parentId ?? '');
    if (before !== undefined && !hasEqualRows(snapshot, before)) return snapshot;
    snapshot = before;
  }
  return snapshot;
}

/** Whether the rows are provably as many; a writer that does not count them proves nothing. */
function hasEqualRows({ summary: after }: Snapshot, { summary: before }: Snapshot): boolean {
  const isSwap = after['added-records'] === after['deleted-records'];
  return isSwap && after['total-records'] !== undefined && after['total-records'] === before['total-records'];
}

/** Whether two states of a table have the same rows, columns and properties, in whatever files and snapshots. */
export function isSameVersion(one: Table, other: Table): boolean {
  const rows = rowsMadeBy(one)?.id;
  const areRowsSame = rows === undefined ? haveNoRows(one, other) : rows === rowsMadeBy(other)?.id;
  return areRowsSame && JSON.stringify(formOf(one)) === JSON.stringify(formOf(other));
}

const haveNoRows = (...tables: readonly Table[]): boolean => tables.every((table) => snapshotOf(table) === undefined);

const formOf = ({ metadata }: Table): readonly unknown[] => [
  metadata['table-uuid'],
  metadata.location,
  metadata['current-schema-id'],
  metadata['default-spec-id'],
  metadata['default-sort-order-id'],
  Object.entries(metadata.properties).sort(([a], [b]) => (a < b ? -1 : 1)),
];
