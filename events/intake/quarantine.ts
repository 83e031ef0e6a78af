import { QUARANTINE_COLUMNS } from '../contracts/tables.ts';
import type { Problem } from '../validator/problem.ts';
import { ParquetFile } from './parquet.ts';

/** A refused record (or file, at position `0`) as the quarantine table has it. */
export interface QuarantinedRecord {
  readonly road: 'file' | 'stream';
  readonly origin: string;
  readonly position: string;
  /** At least one. */
  readonly problems: readonly Problem[];
  /** The record as received, as far as it may be kept in clear text. */
  readonly raw: string | null;
  readonly eventId: string | null;
  readonly contractVersion: number | null;
  /** Microseconds since 1970 in UTC. */
  readonly receivedAt: bigint;
}

type Cells = Readonly<Record<(typeof QUARANTINE_COLUMNS)[number]['name'], string | number | bigint | null>>;

function cells(record: QuarantinedRecord): Cells {
  const [first] = record.problems;
  return {
    road: record.road,
    origin: record.origin,
    position: record.position,
    reason: first?.code ?? null,
    field: first?.field ?? null,
    message: record.problems.map(({ message }) => message).join('; '),
    raw: record.raw,
    event_id: record.eventId,
    contract_version: record.contractVersion,
    received_at: record.receivedAt,
  };
}

/** A Parquet object of the quarantine table; at least one record. */
export function quarantineParquet(records: readonly QuarantinedRecord[]): Uint8Array {
  const rows = records.map(cells);
  const columns = QUARANTINE_COLUMNS.map(({ name, type }) => ({
    name,
    type,
    data: rows.map((row) => row[name]),
    isDistinct: name === 'raw' || name === 'position',
  }));
  const file = new ParquetFile();
  file.add(columns);
  return file.finish();
}
