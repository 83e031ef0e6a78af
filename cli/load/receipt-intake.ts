import { type IntakeEntry, sum } from './intake.ts';
import type { Receipt } from './receipt.ts';

/** Entries of the ledger about a landed object in this version. */
export const isOfFile =
  (key: string, etag: string) =>
  ({ road, origin }: IntakeEntry): boolean =>
    road === 'file' && origin.includes(key) && origin.includes(etag);

/** Entries of the ledger about what a load sent, on both roads. */
export function entriesOf(receipt: Receipt, entries: readonly IntakeEntry[]): readonly IntakeEntry[] {
  const tests = Object.entries(receipt.files).map(([key, { etag }]) => isOfFile(key, etag));
  return [...entries.filter((entry) => tests.some((test) => test(entry))), ...streamEntries(receipt, entries)];
}

/** Whether all that was sent is accounted for: each file by an entry, the stream by its number of records. */
export function isComplete(receipt: Receipt, entries: readonly IntakeEntry[]): boolean {
  const filesDone = Object.entries(receipt.files).every(([key, { etag }]) => entries.some(isOfFile(key, etag)));
  return filesDone && sum(streamEntries(receipt, entries)).received >= receipt.stream.sent;
}

/**
 * What arrived otherwise than it was sent, in words; nothing where all is well. The stream may hold more than was
 * noted as sent, since a killed load repeats its last batch.
 */
export function differences(receipt: Receipt, entries: readonly IntakeEntry[]): string[] {
  return Object.entries(receipt.files).flatMap(([key, { etag, rows }]) => {
    const { received, accepted, quarantined } = sum(entries.filter(isOfFile(key, etag)));
    const isRight = received === rows && received === accepted + quarantined;
    return isRight ? [] : [`${key}: sent ${rows}, received ${received}, accepted ${accepted}, refused ${quarantined}`];
  });
}

function streamEntries({ stream }: Receipt, entries: readonly IntakeEntry[]): IntakeEntry[] {
  const shards = Object.entries(stream.shards);
  return entries.filter(
    (entry) =>
      entry.road === 'stream' &&
      shards.some(
        ([shard, { first, last }]) => entry.origin.includes(shard) && overlaps(entry, BigInt(first), BigInt(last)),
      ),
  );
}

/** Sequence numbers exceed 2^53. */
const overlaps = ({ first_position, last_position }: IntakeEntry, first: bigint, last: bigint): boolean =>
  first_position !== null && last_position !== null && BigInt(last_position) >= first && BigInt(first_position) <= last;
