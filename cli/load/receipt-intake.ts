import { fileId } from '../../events/intake/keys.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';
import { type Intake, sum } from './intake.ts';
import type { Receipt } from './receipt.ts';

/** Records of the ledger about what a load sent, on both roads. */
export function recordsOf(receipt: Receipt, intake: Intake): readonly IntakeRecord[] {
  const files = Object.entries(receipt.files).flatMap(([key, { etag }]) => intake.get(fileId(key, etag)) ?? []);
  return [...files, ...streamRecords(receipt, intake)];
}

/** Whether all that was sent is accounted for: each file by its record, the stream by the number of its events. */
export function isComplete(receipt: Receipt, intake: Intake): boolean {
  const filesDone = Object.entries(receipt.files).every(([key, { etag }]) => intake.has(fileId(key, etag)));
  return filesDone && sum(streamRecords(receipt, intake)).received >= receipt.stream.sent;
}

/**
 * What arrived otherwise than it was sent, in words; nothing where all is well. The stream may hold more than was
 * noted as sent, since a killed load repeats its last batch.
 */
export function differences(receipt: Receipt, intake: Intake): string[] {
  return Object.entries(receipt.files).flatMap(([key, { etag, rows }]) => {
    const { received, accepted, quarantined } = sum(intake.get(fileId(key, etag)) ?? []);
    const isRight = received === rows && received === accepted + quarantined;
    return isRight ? [] : [`${key}: sent ${rows}, received ${received}, accepted ${accepted}, refused ${quarantined}`];
  });
}

function streamRecords({ stream }: Receipt, intake: Intake): IntakeRecord[] {
  const shards = Object.entries(stream.shards);
  return [...intake.values()]
    .flat()
    .filter(
      (record) =>
        record.road === 'stream' &&
        shards.some(([shard, { first, last }]) => record.origin.includes(shard) && overlaps(record, first, last)),
    );
}

/** Sequence numbers exceed 2^53. */
const overlaps = ({ first_position, last_position }: IntakeRecord, first: string, last: string): boolean =>
  first_position !== null &&
  last_position !== null &&
  BigInt(last_position) >= BigInt(first) &&
  BigInt(first_position) <= BigInt(last);
