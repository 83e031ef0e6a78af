import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type Position, type StreamRecord, StreamWriter } from '../../events/producer/index.ts';
import type { EventSequence } from '../datasets/dataset.ts';
import { Prefix } from './prefix.ts';
import type { Receipt, ReceiptStore } from './receipt.ts';

interface NumberedRecord extends StreamRecord {
  readonly index: number;
}

export interface SendOptions {
  readonly client: Pick<KinesisClient, 'send'>;
  /** Name of the Kinesis stream. */
  readonly stream: string;
  readonly store: ReceiptStore;
  readonly onSent?: (count: number) => void;
}

/**
 * Sends a sequence of events from where the receipt says that an earlier load has come, and notes how far it comes.
 * Killed, it sends again only what was under way. Throws `records_not_sent`.
 */
export async function sendEvents(
  sequence: EventSequence,
  { client, stream, store, onSent = () => {} }: SendOptions,
): Promise<void> {
  const from = store.receipt.streams[stream]?.sent ?? 0;
  const delivered = new Prefix(from);
  let noted: Promise<void> = Promise.resolve();
  const writer = new StreamWriter<NumberedRecord>({
    client,
    stream,
    onDelivered: (deliveries) => {
      for (const { record } of deliveries) delivered.add(record.index);
      onSent(deliveries.length);
      noted = store.update(({ streams }) => ({
        streams: { ...streams, [stream]: noteOf(streams[stream], delivered.length, deliveries) },
      }));
      // Whether it failed is asked below; every later note has all earlier ones in it.
      noted.catch(() => {});
    },
  });
  let index = from;
  for await (const { partitionKey, data } of sequence.records(from)) {
    await writer.write({ partitionKey, data, index });
    index++;
  }
  await writer.close();
  await noted;
}

type Sent = Receipt['streams'][string];

const noteOf = (
  before: Sent | undefined,
  sent: number,
  deliveries: readonly { readonly position: Position }[],
): Sent => ({
  sent,
  shards: deliveries.reduce<Sent['shards']>((shards, { position }) => widen(shards, position), before?.shards ?? {}),
});

/** Answers come in any order, and sequence numbers exceed 2^53. */
function widen(shards: Sent['shards'], { shard, sequenceNumber }: Position): Sent['shards'] {
  const { first, last } = shards[shard] ?? { first: sequenceNumber, last: sequenceNumber };
  const isFirst = BigInt(sequenceNumber) < BigInt(first);
  const isLast = BigInt(sequenceNumber) > BigInt(last);
  return { ...shards, [shard]: { first: isFirst ? sequenceNumber : first, last: isLast ? sequenceNumber : last } };
}
