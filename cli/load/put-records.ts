import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { TributaryError } from '../../common/errors.ts';

export interface StreamRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Where a record came to lie. Sequence numbers grow within a shard and exceed 2^53. */
export interface Position {
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface PutOptions {
  readonly client: Pick<KinesisClient, 'send'>;
  readonly stream: string;
  /** Called after each batch that is in the stream whole, with the positions of its records. */
  readonly onBatch?: (positions: readonly Position[]) => Promise<void>;
  /** First pause before a retry; it doubles each time and is drawn at random below that. */
  readonly firstPauseMs?: number;
}

/** Limits of one PutRecords call; the bytes count data and partition keys. */
const MAX_RECORDS = 500;
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_ATTEMPTS = 12;
const MAX_PAUSE_MS = 5_000;

/**
 * Puts all records, in their order, batch by batch. Records that the stream refused for the moment are put again with
 * backoff before the next batch follows. Throws `stream_refused` when a record is still refused after the last attempt.
 */
export async function putRecords(records: readonly StreamRecord[], options: PutOptions): Promise<void> {
  for (const batch of batches(records)) {
    const positions = await putBatch(batch, options);
    await options.onBatch?.(positions);
  }
}

/** Cuts the records into runs that fit into one call each. */
export function* batches(records: readonly StreamRecord[]): Generator<readonly StreamRecord[]> {
  let batch: StreamRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.data.byteLength + Buffer.byteLength(record.partitionKey);
    if (batch.length === MAX_RECORDS || (batch.length > 0 && bytes + size > MAX_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

async function putBatch(batch: readonly StreamRecord[], options: PutOptions): Promise<Position[]> {
  const { client, stream, firstPauseMs = 100 } = options;
  const positions: Position[] = [];
  let pending = batch;
  for (let attempt = 1; ; attempt++) {
    const { Records: results = [] } = await client.send(
      new PutRecordsCommand({
        StreamName: stream,
        Records: pending.map(({ partitionKey, data }) => ({ PartitionKey: partitionKey, Data: data })),
      }),
    );
    positions.push(...results.flatMap(position));
    pending = pending.filter((_, i) => results[i]?.SequenceNumber === undefined);
    if (pending.length === 0) return positions;
    const refusal = results.find(({ ErrorCode }) => ErrorCode !== undefined);
    if (attempt === MAX_ATTEMPTS) throw streamRefused(stream, pending.length, refusal);
    await sleep(Math.random() * Math.min(MAX_PAUSE_MS, firstPauseMs * 2 ** attempt));
  }
}

const position = ({ ShardId, SequenceNumber }: PutRecordsResultEntry): Position[] =>
  ShardId !== undefined && SequenceNumber !== undefined ? [{ shard: ShardId, sequenceNumber: SequenceNumber }] : [];

const streamRefused = (stream: string, count: number, refusal: PutRecordsResultEntry | undefined) =>
  new TributaryError({
    code: 'stream_refused',
    message: `${count} records were refused ${MAX_ATTEMPTS} times: ${refusal?.ErrorCode} ${refusal?.ErrorMessage ?? ''}`,
    where: stream,
    advice: 'run the same load again later: it goes on where it stopped',
  });
