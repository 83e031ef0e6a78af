import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { StreamName } from '../../events/contracts/contract.ts';
import type { AddressedRecord } from '../../events/producer/event.ts';
import { RecordsNotSent, StreamWriter } from '../../events/producer/index.ts';
import { TokenBucket } from './token-bucket.ts';

/** An event to send, or why there is none. */
export type Produced = AddressedRecord | { readonly refusal: string };

/** read = refused + delivered + unsent, once production has ended. */
export interface ProduceCounts {
  readonly read: number;
  /** Not sent, because they are no events or their contract refuses them. */
  readonly refused: number;
  readonly delivered: number;
  /** Not sent, because the stream did not take them. */
  readonly unsent: number;
}

export interface ProduceOptions {
  readonly client: Pick<KinesisClient, 'send'>;
  /** Kinesis streams by the name that contracts use. */
  readonly streams: Readonly<Record<string, string>>;
  /** Events a second; as fast as they are taken when undefined. */
  readonly rate?: number | undefined;
  /** Events that may go at once after a pause. */
  readonly burst?: number | undefined;
  /** Ends production: what was read is still delivered. */
  readonly signal: AbortSignal;
  readonly onCounts?: (counts: ProduceCounts) => void;
}

export interface ProduceResult extends ProduceCounts {
  /** The first few reasons for refusals. */
  readonly refusals: readonly string[];
  /** Why a stream did not take everything. */
  readonly failures: readonly RecordsNotSent[];
}

const MOST_SHOWN = 5;

/** Sends events to their streams at a steady rate, and accounts for each. */
export async function produce(events: AsyncIterable<Produced>, options: ProduceOptions): Promise<ProduceResult> {
  const { client, streams, rate, burst = (rate ?? 0) / 10, signal, onCounts = () => {} } = options;
  const bucket = rate === undefined ? undefined : new TokenBucket(rate, burst);
  const counts = { read: 0, refused: 0, delivered: 0, unsent: 0 };
  const refusals: string[] = [];
  const writers = new Map<StreamName, StreamWriter>();
  const writerOf = (name: StreamName): StreamWriter => {
    const onDelivered = (deliveries: readonly unknown[]): void => {
      counts.delivered += deliveries.length;
      onCounts(counts);
    };
    const writer = writers.get(name) ?? new StreamWriter({ client, stream: streams[name] ?? name, onDelivered });
    writers.set(name, writer);
    return writer;
  };
  try {
    for await (const event of events) {
      if (signal.aborted) break;
      counts.read++;
      if ('refusal' in event) {
        counts.refused++;
        if (refusals.length < MOST_SHOWN) refusals.push(event.refusal);
        continue;
      }
      await bucket?.wait(signal);
      await writerOf(event.stream).write(event.record);
    }
  } catch (thrown) {
    // The writer says it again when it is closed.
    if (!(thrown instanceof RecordsNotSent)) throw thrown;
  }
  const closed = await Promise.allSettled([...writers.values()].map((writer) => writer.close()));
  const failures = closed.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const unforeseen = failures.find((failure) => !(failure instanceof RecordsNotSent));
  if (unforeseen !== undefined) throw unforeseen;
  counts.unsent = failures.reduce((sum, { records }: RecordsNotSent) => sum + records.length, 0);
  return { ...counts, refusals, failures };
}
