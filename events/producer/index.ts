import { TributaryError } from '../../common/errors.ts';
import type { Contract, StreamName } from '../contracts/contract.ts';
import { type EventData, EventFactory, type EventOptions } from './event.ts';
import { StreamWriter, type WriterOptions } from './stream-writer.ts';

export { RecordsNotSent, RowRefused } from './errors.ts';
export type { EventData, EventOptions } from './event.ts';
export type { Delivery, Position, StreamRecord } from './record.ts';
export { type RequestMetrics, StreamWriter, type WriterOptions } from './stream-writer.ts';

export interface ProducerOptions extends Omit<WriterOptions, 'stream'> {
  /** Who sends: `source` of the CloudEvents, a URI such as `urn:shop:checkout`. */
  readonly source: string;
  /** Kinesis streams by the name that contracts use; the platform's parameter in SSM has them. */
  readonly streams: Readonly<Partial<Record<StreamName, string>>>;
}

export interface Producer {
  /**
   * Makes a CloudEvent of a row and hands it over; resolves when there is room for more. Throws `RowRefused` (nothing
   * was sent), `RecordsNotSent` (the stream goes on refusing), `no_stream`, `event_too_large`, `producer_closed`.
   */
  send<C extends Contract>(contract: C, row: EventData<C>, options?: EventOptions): Promise<void>;
  /** Resolves when everything that was sent is in its stream. Throws `RecordsNotSent`. */
  flush(): Promise<void>;
  /** Flushes; nothing can be sent afterwards. Throws `RecordsNotSent`. */
  close(): Promise<void>;
}

/**
 * Sends rows of contracts as events. Events of one partition key keep their order; each is delivered at least once, and
 * silver keeps one of those with the same id or version.
 */
export function createProducer({ source, streams, ...options }: ProducerOptions): Producer {
  const events = new EventFactory(source);
  const writers = new Map<StreamName, StreamWriter>();
  const writerOf = (name: StreamName): StreamWriter => {
    const known = writers.get(name);
    if (known) return known;
    const stream = streams[name];
    if (stream === undefined) {
      throw new TributaryError({ code: 'unknown_stream', message: `the producer has no stream for ${name}` });
    }
    const writer = new StreamWriter({ ...options, stream });
    writers.set(name, writer);
    return writer;
  };
  const onAll = async (action: (writer: StreamWriter) => Promise<void>): Promise<void> => {
    const results = await Promise.allSettled([...writers.values()].map(action));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  };
  return {
    send: async (contract, row, eventOptions) => {
      const { stream, record } = events.event(contract, row, eventOptions);
      await writerOf(stream).write(record);
    },
    flush: () => onAll((writer) => writer.flush()),
    close: () => onAll((writer) => writer.close()),
  };
}
