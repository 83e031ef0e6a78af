import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { asError, TributaryError } from '../../common/errors.ts';
import { RecordsNotSent } from './errors.ts';
import type { Delivery, StreamRecord } from './record.ts';
import { type Entry, SendQueue } from './send-queue.ts';

/** What one request came to. */
export interface RequestMetrics {
  readonly stream: string;
  readonly delivered: number;
  /** To be tried again. */
  readonly refused: number;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Records that wait or are on their way. */
  readonly buffered: number;
}

export interface WriterOptions<R extends StreamRecord = StreamRecord> {
  readonly client: Pick<KinesisClient, 'send'>;
  /** Name of the Kinesis stream. */
  readonly stream: string;
  /** How long a record may wait for others to share its request. */
  readonly lingerMs?: number;
  /** Requests under way at once. */
  readonly concurrency?: number;
  /** Records and bytes above which `write` makes its caller wait. */
  readonly bufferedRecords?: number;
  readonly bufferedBytes?: number;
  /** How often a record is tried. */
  readonly attempts?: number;
  /** Longest pause before the second try; it doubles with each, up to `longestPauseMs`, and is drawn at random below that. */
  readonly firstPauseMs?: number;
  readonly longestPauseMs?: number;
  /** After this a request counts as lost; what it carried is sent again. */
  readonly requestTimeoutMs?: number;
  readonly onDelivered?: (deliveries: readonly Delivery<R>[]) => void;
  readonly onMetrics?: (metrics: RequestMetrics) => void;
}

const DEFAULTS = {
  lingerMs: 20,
  concurrency: 4,
  bufferedRecords: 10_000,
  bufferedBytes: 32 * 1024 * 1024,
  attempts: 12,
  firstPauseMs: 100,
  longestPauseMs: 5_000,
  requestTimeoutMs: 30_000,
};

/** Errors of a whole request after which it can be tried again as it is. */
const TRANSIENT = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
  'ThrottlingException',
  'InternalFailureException',
  'ServiceUnavailable',
  'TimeoutError',
  'AbortError',
]);

function isTransient(error: Error & { readonly $fault?: string; readonly $retryable?: unknown; code?: string }) {
  // What never reached the service has no fault, but the system's code.
  const isLost = error.$fault === undefined && typeof error.code === 'string' && error.code.startsWith('E');
  return isLost || TRANSIENT.has(error.name) || error.$fault === 'server' || error.$retryable !== undefined;
}

/**
 * Puts records into one stream: in requests as full as they get, several at once, those again that were refused for the
 * moment. Each record is delivered at least once, those of a partition key in the order of their `write` calls. After a
 * record's last try the writer stops for good, and every further call throws `RecordsNotSent`.
 */
export class StreamWriter<R extends StreamRecord = StreamRecord> {
  readonly #options: WriterOptions<R> & Record<keyof typeof DEFAULTS, number>;
  readonly #queue = new SendQueue<R>();
  #underWay = 0;
  #isHurried = false;
  #linger: NodeJS.Timeout | undefined;
  #failure: { readonly reason: string; readonly cause: unknown } | undefined;
  #isClosed = false;
  #waiting: { readonly isOver: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: WriterOptions<R>) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /**
   * Takes a record at once and resolves when there is room for more: whoever awaits it never fills the memory.
   * Throws `RecordsNotSent`, which then has this record as well, and `producer_closed`.
   */
  async write(record: R): Promise<void> {
    if (this.#isClosed) {
      throw new TributaryError({ code: 'producer_closed', message: 'it was closed', where: this.#options.stream });
    }
    this.#queue.push(record);
    this.#send();
    const { bufferedRecords, bufferedBytes } = this.#options;
    await this.#until(() => this.#queue.length < bufferedRecords && this.#queue.bytes < bufferedBytes);
  }

  /** Resolves when everything that was written is in the stream. Throws `RecordsNotSent`. */
  async flush(): Promise<void> {
    this.#isHurried = true;
    this.#send();
    await this.#until(() => this.#queue.length === 0);
    this.#isHurried = false;
  }

  /** Flushes; nothing can be written afterwards. Throws `RecordsNotSent`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  async #until(isOver: () => boolean): Promise<void> {
    this.#throwFailure();
    if (isOver()) return;
    await new Promise<void>((resolve) => this.#waiting.push({ isOver, resolve }));
    this.#throwFailure();
  }

  /** A failure shows when nothing is under way any more, so that it tells exactly what was not delivered. */
  #throwFailure(): void {
    if (this.#failure === undefined || this.#underWay > 0) return;
    const { reason, cause } = this.#failure;
    throw new RecordsNotSent(this.#options.stream, this.#queue.records, reason, cause);
  }

  #wake(): void {
    const isFailed = this.#failure !== undefined && this.#underWay === 0;
    const over = this.#waiting.filter(({ isOver }) => isFailed || isOver());
    this.#waiting = this.#waiting.filter((waiter) => !over.includes(waiter));
    for (const { resolve } of over) resolve();
  }

  #send(): void {
    while (this.#failure === undefined && this.#queue.hasReady && this.#underWay < this.#options.concurrency) {
      if (!this.#queue.fillsRequest && !this.#isHurried && this.#options.lingerMs > 0) {
        this.#startLinger();
        return;
      }
      void this.#request(this.#queue.take());
    }
  }

  #startLinger(): void {
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      if (this.#failure !== undefined || this.#underWay >= this.#options.concurrency) return;
      if (this.#queue.hasReady) void this.#request(this.#queue.take());
      this.#send();
    }, this.#options.lingerMs);
  }

  async #request(entries: readonly Entry<R>[]): Promise<void> {
    this.#underWay++;
    for (const entry of entries) entry.attempts++;
    const began = performance.now();
    const { delivered, refused } = await this.#put(entries);
    this.#underWay--;
    this.#queue.delivered(delivered.map(({ entry }) => entry));
    const { stream, onDelivered, onMetrics } = this.#options;
    if (delivered.length > 0) {
      onDelivered?.(delivered.map(({ entry, position }) => ({ record: entry.record, position })));
    }
    onMetrics?.({
      stream,
      delivered: delivered.length,
      refused: refused.length,
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
      milliseconds: performance.now() - began,
      buffered: this.#queue.length,
    });
    if (refused.length > 0) this.#sendLater(refused);
    this.#send();
    this.#wake();
  }

  async #put(entries: readonly Entry<R>[]): Promise<Outcome<R>> {
    const { client, stream, requestTimeoutMs } = this.#options;
    const command = new PutRecordsCommand({
      StreamName: stream,
      Records: entries.map(({ record }) => ({ PartitionKey: record.partitionKey, Data: record.data })),
    });
    try {
      const { Records = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(requestTimeoutMs) });
      const outcome = outcomeOf(entries, Records);
      const refusal = Records.find(({ ErrorCode }) => ErrorCode !== undefined);
      this.#failIfSpent(outcome.refused, `${refusal?.ErrorCode} ${refusal?.ErrorMessage ?? ''}`.trim());
      return outcome;
    } catch (thrown) {
      const error = asError(thrown);
      if (isTransient(error)) this.#failIfSpent(entries, error.message || error.name, error);
      else this.#failure ??= { reason: error.message || error.name, cause: error };
      return { delivered: [], refused: entries };
    }
  }

  #failIfSpent(refused: readonly Entry<R>[], reason: string, cause?: unknown): void {
    const { attempts } = this.#options;
    if (refused.some((entry) => entry.attempts >= attempts)) {
      this.#failure ??= { reason: `refused ${attempts} times: ${reason}`, cause };
    }
  }

  /** Their keys stay blocked until then. */
  #sendLater(entries: readonly Entry<R>[]): void {
    const { firstPauseMs, longestPauseMs } = this.#options;
    const attempt = Math.max(...entries.map(({ attempts }) => attempts));
    const pause = Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1));
    setTimeout(() => {
      this.#queue.putBack(entries);
      this.#send();
    }, pause);
  }
}

interface Outcome<R extends StreamRecord> {
  readonly delivered: readonly { readonly entry: Entry<R>; readonly position: Delivery['position'] }[];
  readonly refused: readonly Entry<R>[];
}

/** Results stand in the order of the request's records. */
function outcomeOf<R extends StreamRecord>(
  entries: readonly Entry<R>[],
  results: readonly PutRecordsResultEntry[],
): Outcome<R> {
  const delivered = entries.flatMap((entry, i) => {
    const { ShardId: shard, SequenceNumber: sequenceNumber } = results[i] ?? {};
    return shard === undefined || sequenceNumber === undefined ? [] : [{ entry, position: { shard, sequenceNumber } }];
  });
  return { delivered, refused: entries.filter((_, i) => results[i]?.SequenceNumber === undefined) };
}
