import { decodeEvent, type ReadableEvent, type RefusedEvent } from '../../events/cloud-event.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import { hasPersonalFields } from '../../events/contracts/personal.ts';
import { UNKNOWN_SOURCE } from '../../events/contracts/tables.ts';
import { BronzeBatch } from '../../events/intake/bronze.ts';
import { ParquetFile } from '../../events/intake/parquet.ts';
import type { QuarantinedRecord } from '../../events/intake/quarantine.ts';
import { rawText } from '../../events/intake/raw-cipher.ts';
import { mentions } from '../../events/privacy/event-id.ts';
import { receivedHints } from '../../events/privacy/subject.ts';
import type { PersonalKeys } from '../../events/privacy/subject-key.ts';
import { type JsonRecord, type ObjectLayout, objectLayout } from '../../events/validator/layout.ts';
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

interface BronzeTable {
  readonly rows: BronzeBatch;
  readonly layout: ObjectLayout;
}

const microsOf = (at: Date): number => at.getTime() * 1000;

/** The tables of one batch, by source. */
class BronzeTables {
  readonly #bySource = new Map<string, BronzeTable>();

  of(contract: Contract): BronzeTable {
    const known = this.#bySource.get(contract.source);
    if (known) return known;
    const table = { rows: new BronzeBatch(contract, ROWS_PER_GROUP), layout: objectLayout(contract) };
    this.#bySource.set(contract.source, table);
    return table;
  }

  clear(): void {
    for (const { rows } of this.#bySource.values()) rows.clear();
  }
}

/** Sorts the records of batches by source into bronze rows and quarantine; one per process, which reuses its memory. */
export class StreamIntake {
  /** Tables that no batch uses now. */
  readonly #idle: BronzeTables[] = [];

  /** Takes a batch of one shard. Nothing in it can make this throw; only that the keys cannot be had can. */
  async take(records: readonly StreamRecord[], origin: string, keys: PersonalKeys): Promise<readonly SourceShare[]> {
    const tables = this.#idle.pop() ?? new BronzeTables();
    const shares = new Map<string, SourceShare>();
    try {
      for (const record of records) {
        const event = decodeEvent(record.data);
        const share = shareOf(shares, event.contract);
        share.received++;
        share.bytes += record.data.length;
        const table = event.contract && tables.of(event.contract);
        if (table?.rows.isFull) await endRowGroup(share, table, origin, keys);
        const problems = 'problem' in event ? [event.problem] : accept(event, record, tables.of(event.contract));
        if (problems.length > 0) share.quarantined.push(quarantinedRecord(event, problems, record, origin, table));
      }
      for (const share of shares.values()) {
        if (share.contract) await endRowGroup(share, tables.of(share.contract), origin, keys);
      }
      return [...shares.values()];
    } finally {
      tables.clear();
      this.#idle.push(tables);
    }
  }
}

const accept = (
  { id, data }: ReadableEvent,
  { sequenceNumber, arrivedAt }: StreamRecord,
  { rows, layout }: BronzeTable,
): readonly Problem[] =>
  rows.push(layout.values(data), {
    eventId: id,
    position: sequenceNumber,
    ingestedAt: microsOf(arrivedAt),
    extra: layout.extra(data),
  });

async function endRowGroup(
  { bronze }: SourceShare,
  { rows }: BronzeTable,
  origin: string,
  keys: PersonalKeys,
): Promise<void> {
  if (rows.length === 0) return;
  bronze.add(await rows.columns(origin, keys));
  rows.clear();
}

function shareOf(shares: Map<string, SourceShare>, contract: Contract | undefined): SourceShare {
  const source = contract?.source ?? UNKNOWN_SOURCE;
  const known = shares.get(source);
  if (known) return known;
  const share = { source, contract, received: 0, bytes: 0, bronze: new ParquetFile(), quarantined: [] };
  shares.set(source, share);
  return share;
}

/** Values that the id of an event must not repeat: all of them, where no contract says which are personal. */
function secretsOf(contract: Contract | undefined, data: JsonRecord | undefined): readonly string[] {
  if (contract && !hasPersonalFields(contract)) return [];
  const values = Object.entries(data ?? {});
  return values.flatMap(([name, value]) =>
    typeof value !== 'string' || (contract && isPublic(contract, name)) ? [] : [value],
  );
}

const isPublic = ({ fields }: Contract, name: string): boolean =>
  fields[name] !== undefined && fields[name].personal === undefined;

function quarantinedRecord(
  { contract, id, data }: ReadableEvent | RefusedEvent,
  problems: readonly Problem[],
  { sequenceNumber, arrivedAt, data: bytes }: StreamRecord,
  origin: string,
  table: BronzeTable | undefined,
): QuarantinedRecord {
  return {
    road: 'stream',
    origin,
    position: sequenceNumber,
    problems,
    raw: rawText(bytes),
    subject: contract && table && data && receivedHints(contract, table.layout.values(data)),
    eventId: id !== null && !mentions(id, secretsOf(contract, data)) ? id : null,
    contractVersion: contract?.version ?? null,
    receivedAt: BigInt(microsOf(arrivedAt)),
  };
}
