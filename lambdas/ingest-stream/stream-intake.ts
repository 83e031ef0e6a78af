import { decodeEvent, type ReadableEvent, type RefusedEvent } from '../../events/cloud-event.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { UNKNOWN_SOURCE } from '../../events/contracts/tables.ts';
import { BronzeBatch } from '../../events/intake/bronze.ts';
import { ParquetFile } from '../../events/intake/parquet.ts';
import type { QuarantinedRecord } from '../../events/intake/quarantine.ts';
import { rawText } from '../../events/intake/raw-cipher.ts';
import { type ObjectLayout, objectLayout, quarantinedText } from '../../events/validator/layout.ts';
import type { Problem } from '../../events/validator/problem.ts';

/** A record of a stream. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly arrivedAt: Date;
  readonly data: Buffer;
}

/** What a batch holds for one source. received = rows in bronze + quarantined. */
export interface SourceShare {
  readonly source: string;
  readonly contract: Contract | undefined;
  received: number;
  bytes: number;
  readonly bronze: ParquetFile;
  readonly quarantined: QuarantinedRecord[];
}

/** The most that Kinesis hands over at once. */
const ROWS_PER_GROUP = 10_000;
/** What of a refused event is shown in clear text. */
const SHOWN_BYTES = 64 * 1024;

interface BronzeTable {
  readonly rows: BronzeBatch;
  readonly layout: ObjectLayout;
}

const microsOf = (at: Date): number => at.getTime() * 1000;

/** Sorts the records of batches by source into bronze rows and quarantine; one per process, which reuses its memory. */
export class StreamIntake {
  readonly #tables = new Map<string, BronzeTable>();

  /** Takes a batch of one shard; nothing in it can make this throw. */
  take(records: readonly StreamRecord[], origin: string): readonly SourceShare[] {
    for (const { rows } of this.#tables.values()) rows.clear();
    const shares = new Map<string, SourceShare>();
    for (const record of records) {
      const event = decodeEvent(record.data);
      const share = shareOf(shares, event.contract);
      share.received++;
      share.bytes += record.data.length;
      const problems = 'problem' in event ? [event.problem] : this.#accept(event, record, share, origin);
      if (problems.length > 0) share.quarantined.push(quarantinedRecord(event, problems, record, origin));
    }
    for (const share of shares.values()) this.#endRowGroup(share, origin);
    return [...shares.values()];
  }

  #accept(
    { contract, id, data }: ReadableEvent,
    { sequenceNumber, arrivedAt }: StreamRecord,
    share: SourceShare,
    origin: string,
  ): readonly Problem[] {
    const { rows, layout } = this.#table(contract);
    if (rows.isFull) this.#endRowGroup(share, origin);
    return rows.push(layout.values(data), {
      eventId: id,
      position: sequenceNumber,
      ingestedAt: microsOf(arrivedAt),
      extra: layout.extra(data),
    });
  }

  #endRowGroup({ contract, bronze }: SourceShare, origin: string): void {
    const rows = contract && this.#table(contract).rows;
    if (rows === undefined || rows.length === 0) return;
    bronze.add(rows.columns(origin));
    rows.clear();
  }

  #table(contract: Contract): BronzeTable {
    const known = this.#tables.get(contract.source);
    if (known) return known;
    const table = { rows: new BronzeBatch(contract, ROWS_PER_GROUP), layout: objectLayout(contract) };
    this.#tables.set(contract.source, table);
    return table;
  }
}

function shareOf(shares: Map<string, SourceShare>, contract: Contract | undefined): SourceShare {
  const source = contract?.source ?? UNKNOWN_SOURCE;
  const known = shares.get(source);
  if (known) return known;
  const share = { source, contract, received: 0, bytes: 0, bronze: new ParquetFile(), quarantined: [] };
  shares.set(source, share);
  return share;
}

function quarantinedRecord(
  { contract, id, data }: ReadableEvent | RefusedEvent,
  problems: readonly Problem[],
  { sequenceNumber, arrivedAt, data: bytes }: StreamRecord,
  origin: string,
): QuarantinedRecord {
  const start = bytes.toString('utf8', 0, SHOWN_BYTES);
  return {
    road: 'stream',
    origin,
    position: sequenceNumber,
    problems,
    raw: rawText(bytes),
    shown: contract ? quarantinedText(contract, start, data) : start,
    eventId: id,
    contractVersion: contract?.version ?? null,
    receivedAt: BigInt(microsOf(arrivedAt)),
  };
}
