import { fileId } from '../../events/intake/keys.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';
import { type Intake, sum } from './intake.ts';
import type { Receipt, SentEvents } from './receipt.ts';

/** Records of the ledger about the files that a load sent. */
export const fileRecords = ({ files }: Pick<Receipt, 'files'>, intake: Intake): readonly IntakeRecord[] =>
  Object.entries(files).flatMap(([key, { etag }]) => intake.get(fileId(key, etag)) ?? []);

/** Records of the ledger about batches that hold events that a load sent, and perhaps others. */
export const streamRecords = ({ streams }: Pick<Receipt, 'streams'>, intake: Intake): readonly IntakeRecord[] =>
  Object.entries(streams).flatMap(([stream, sent]) => recordsOfStream(stream, sent, intake));

/** Whether all that was sent is accounted for: each file by its record, each stream to its last event. */
export function isComplete(receipt: Pick<Receipt, 'files' | 'streams'>, intake: Intake): boolean {
  const filesDone = Object.entries(receipt.files).every(([key, { etag }]) => intake.has(fileId(key, etag)));
  return filesDone && Object.entries(receipt.streams).every(([stream, sent]) => isStreamComplete(stream, sent, intake));
}

/** Batches of a shard may end in another order than they began, so that all of their events must be there as well. */
function isStreamComplete(stream: string, { sent, shards }: SentEvents, intake: Intake): boolean {
  const records = recordsOfStream(stream, { sent, shards }, intake);
  const lastsAreThere = Object.entries(shards).every(([shard, { last }]) =>
    records.some(
      ({ origin, last_position }) => isOf(origin, stream, shard) && BigInt(last_position ?? 0) >= BigInt(last),
    ),
  );
  return lastsAreThere && sum(records).received >= sent;
}

/** Files that arrived otherwise than they were sent, in words; none where all is well. */
export function fileDifferences({ files }: Pick<Receipt, 'files'>, intake: Intake): string[] {
  return Object.entries(files).flatMap(([key, { etag, rows, quarantined: expected }]) => {
    const { received, accepted, quarantined } = sum(intake.get(fileId(key, etag)) ?? []);
    const isRight =
      received === rows && received === accepted + quarantined && quarantined === (expected ?? quarantined);
    if (isRight) return [];
    const toRefuse = expected === undefined ? '' : `, ${expected} of them to be refused`;
    return [`${key}: sent ${rows}${toRefuse}, received ${received}, accepted ${accepted}, refused ${quarantined}`];
  });
}

const recordsOfStream = (stream: string, { shards }: SentEvents, intake: Intake): IntakeRecord[] =>
  [...intake.values()]
    .flat()
    .filter(
      (record) =>
        record.road === 'stream' &&
        Object.entries(shards).some(
          ([shard, { first, last }]) => isOf(record.origin, stream, shard) && overlaps(record, first, last),
        ),
    );

const isOf = (origin: string, stream: string, shard: string): boolean => origin === `${stream}/${shard}`;

/** Sequence numbers exceed 2^53. */
const overlaps = ({ first_position, last_position }: IntakeRecord, first: string, last: string): boolean =>
  first_position !== null &&
  last_position !== null &&
  BigInt(last_position) >= BigInt(first) &&
  BigInt(first_position) <= BigInt(last);
