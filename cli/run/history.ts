import { describeHold, type Hold } from '../../engine/build/hold.ts';
import { PROPERTY } from '../../engine/build/published.ts';
import { history, type Table } from '../../engine/iceberg/index.ts';
import { layOut } from '../query/layout.ts';

/** A version of a table. The shape of `tributary history --json`, the newest first. */
export interface TableVersion {
  readonly id: string;
  readonly time: string;
  /** Null where another writer made it. */
  readonly runId: string | null;
  readonly operation: string;
  readonly rows: number;
  readonly bytes: number;
  readonly addedRows: number;
  readonly removedRows: number;
  readonly fingerprint: string | null;
  readonly status: 'current' | 'earlier' | 'rolled_back';
  /** When it was last made current again. */
  readonly restoredAt: string | null;
}

export const versionsOf = (table: Table): readonly TableVersion[] =>
  history(table).map(({ snapshot: { id, timestampMs, operation, summary }, status, restoredMs }) => ({
    id,
    time: new Date(timestampMs).toISOString(),
    runId: summary[PROPERTY.runId] ?? null,
    operation,
    rows: Number(summary['total-records'] ?? 0),
    bytes: Number(summary['total-files-size'] ?? 0),
    addedRows: Number(summary['added-records'] ?? 0),
    removedRows: Number(summary['deleted-records'] ?? 0),
    fingerprint: summary[PROPERTY.fingerprint] ?? null,
    status,
    restoredAt: restoredMs === undefined ? null : new Date(restoredMs).toISOString(),
  }));

const SHORT = 8;

export function historyReport(versions: readonly TableVersion[], hold: Hold | null): string {
  const table = layOut(
    [
      { name: 'version' },
      { name: 'time' },
      { name: 'run' },
      { name: 'operation' },
      { name: 'rows', isNumber: true },
      { name: 'added', isNumber: true },
      { name: 'removed', isNumber: true },
      { name: 'bytes', isNumber: true },
      { name: 'fingerprint' },
      { name: '' },
    ],
    versions.map((version) => [
      version.id,
      version.time,
      version.runId ?? 'another writer',
      version.operation,
      ...[version.rows, version.addedRows, version.removedRows, version.bytes].map((n) => n.toLocaleString('en')),
      version.fingerprint?.slice(0, SHORT) ?? '',
      note(version),
    ]),
  );
  return hold === null ? table : `${table}\n${describeHold(hold)}: npx tributary release ends it\n`;
}

function note({ status, restoredAt }: TableVersion): string {
  const state = status === 'earlier' ? '' : status === 'current' ? 'current' : 'rolled back';
  return restoredAt === null || status !== 'current' ? state : `${state}, rolled back to at ${restoredAt}`;
}
