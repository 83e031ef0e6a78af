import { QUARANTINE_COLUMNS } from '../contracts/tables.ts';
import type { Problem } from '../validator/problem.ts';
import { ParquetFile } from './parquet.ts';
import type { RawCipher, RawRecord } from './raw-cipher.ts';

/** A refused record (or file, at position `0`) as the quarantine table has it. */
export interface QuarantinedRecord extends RawRecord {
  readonly road: 'file' | 'stream';
  readonly origin: string;
  readonly position: string;
  /** At least one. */
  readonly problems: readonly Problem[];
  /** The whole record, as it can be sent again: text as received, or a table's row as JSON by column name. */
  readonly raw: string;
  readonly eventId: string | null;
  readonly contractVersion: number | null;
  /** Microseconds since 1970 in UTC. */
  readonly receivedAt: bigint;
}

type Cells = Readonly<Record<(typeof QUARANTINE_COLUMNS)[number]['name'], string | number | bigint | null>>;

function cells(record: QuarantinedRecord, raw: string | null): Cells {
  const [first] = record.problems;
  return {
    road: record.road,
    origin: record.origin,
    position: record.position,
    reason: first?.code ?? null,
    field: first?.field ?? null,
    message: record.problems.map(({ message }) => message).join('; '),
    raw,
    event_id: record.eventId,
    contract_version: record.contractVersion,
    received_at: record.receivedAt,
  };
}

/** A Parquet object of the quarantine table; at least one record of one source. Records are sealed whole. */
export async function quarantineParquet(
  source: string,
  receivedAt: Date,
  records: readonly QuarantinedRecord[],
  cipher: RawCipher,
): Promise<Uint8Array> {
  const sealed = await cipher.seal(source, receivedAt, records);
  const rows = records.map((record, at) => cells(record, sealed[at] ?? null));
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
