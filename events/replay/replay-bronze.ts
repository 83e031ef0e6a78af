import type { Contract } from '../contracts/contract.ts';
import type { PersonalKeys } from '../privacy/subject-key.ts';
import { type AcceptedRecord, acceptedRecords } from './bronze-rows.ts';
import { recordId } from './quarantined-row.ts';

/** When records arrived: from `from` up to but not including `to`. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

export interface BronzeReplayPorts {
  /** Bronze objects of a source below the partition of an hour. */
  objects(prefix: string): Promise<readonly string[]>;
  read(key: string): Promise<ArrayBuffer>;
  readonly keys: PersonalKeys;
  /** Takes the records of an hour, in the order in which they arrived. */
  send(records: readonly RestoredRecord[]): Promise<void>;
}

export type RestoredRecord = AcceptedRecord & { readonly data: NonNullable<AcceptedRecord['data']> };

export interface BronzeReplayCounts {
  sent: number;
  /** Left out: received again in the same version later in the range, so that the last receipt is the one sent. */
  repeated: number;
  /** Left out: of people who were erased. */
  erased: number;
}

const HOUR_MS = 3_600_000;

/**
 * Sends the records again that a source had accepted in a range: each version of an entity once, as it was last received in
 * the range, under the id it had. Entities keep their versions, so silver keeps its rows.
 */
export async function replayBronze(
  contract: Contract,
  range: TimeRange,
  ports: BronzeReplayPorts,
  isDryRun: boolean,
): Promise<BronzeReplayCounts> {
  const counts: BronzeReplayCounts = { sent: 0, repeated: 0, erased: 0 };
  const last = new Map<string, string>();
  for await (const records of hours(contract, range, ports)) {
    for (const record of records) last.set(record.version, recordId(record));
  }
  for await (const records of hours(contract, range, ports)) {
    const latest = records.filter((record) => last.get(record.version) === recordId(record));
    const restored = latest.filter(isRestored);
    counts.sent += restored.length;
    counts.erased += latest.length - restored.length;
    counts.repeated += records.length - latest.length;
    if (!isDryRun && restored.length > 0) await ports.send(restored);
  }
  return counts;
}

const isRestored = (record: AcceptedRecord): record is RestoredRecord => record.data !== undefined;

/** The records of each hour in the order in which they arrived, each position once. */
async function* hours(
  contract: Contract,
  { from, to }: TimeRange,
  { objects, read, keys }: BronzeReplayPorts,
): AsyncGenerator<readonly AcceptedRecord[]> {
  const isWithin = ({ receivedAt }: AcceptedRecord): boolean =>
    receivedAt >= BigInt(from.getTime()) * 1000n && receivedAt < BigInt(to.getTime()) * 1000n;
  for (let hour = Math.floor(from.getTime() / HOUR_MS) * HOUR_MS; hour < to.getTime(); hour += HOUR_MS) {
    const iso = new Date(hour).toISOString();
    const prefix = `${contract.source}/ingest_date=${iso.slice(0, 10)}/ingest_hour=${iso.slice(11, 13)}/`;
    const records = new Map<string, AcceptedRecord>();
    for (const key of await objects(prefix)) {
      for (const record of await acceptedRecords(contract, await read(key), keys)) {
        if (isWithin(record)) records.set(recordId(record), record);
      }
    }
    yield [...records.values()].sort(byArrival);
  }
}

/** Positions are numbers as text. */
function byArrival(a: AcceptedRecord, b: AcceptedRecord): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? -1 : 1;
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  if (a.position.length !== b.position.length) return a.position.length - b.position.length;
  return a.position < b.position ? -1 : 1;
}
