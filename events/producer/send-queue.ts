import { REQUEST_LIMITS, type StreamRecord, sizeOf } from './record.ts';

/** A record on its way, and how often it was tried. */
export interface Entry<R extends StreamRecord> {
  readonly record: R;
  readonly bytes: number;
  attempts: number;
}

/**
 * Records in the order in which they may be sent. Of each key only the first is on its way at a time: a request may
 * take a later record and refuse an earlier one, so two of a key in it could change places.
 */
export class SendQueue<R extends StreamRecord> {
  /** All that is not delivered, as it came. */
  readonly #outstanding = new Set<Entry<R>>();
  readonly #byKey = new Map<string, Entry<R>[]>();
  /** First records of the keys that have none on the way. */
  #ready: Entry<R>[] = [];
  #bytes = 0;
  #readyBytes = 0;

  get length(): number {
    return this.#outstanding.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Whether what may be sent now fills a request. */
  get fillsRequest(): boolean {
    return this.#ready.length >= REQUEST_LIMITS.records || this.#readyBytes >= REQUEST_LIMITS.bytes;
  }

  get records(): R[] {
    return [...this.#outstanding].map(({ record }) => record);
  }

  push(record: R): void {
    const entry = { record, bytes: sizeOf(record), attempts: 0 };
    this.#outstanding.add(entry);
    this.#bytes += entry.bytes;
    const waiting = this.#byKey.get(record.partitionKey);
    if (waiting) waiting.push(entry);
    else {
      this.#byKey.set(record.partitionKey, [entry]);
      this.#makeReady([entry]);
    }
  }

  /** Takes what one request holds; the taken records stay outstanding. */
  take(): Entry<R>[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#ready) {
      if (count === REQUEST_LIMITS.records || (count > 0 && bytes + entry.bytes > REQUEST_LIMITS.bytes)) break;
      bytes += entry.bytes;
      count++;
    }
    this.#readyBytes -= bytes;
    const taken = this.#ready.slice(0, count);
    this.#ready = this.#ready.slice(count);
    return taken;
  }

  /** The records are in the stream: the next ones of their keys may follow. */
  delivered(entries: readonly Entry<R>[]): void {
    for (const entry of entries) {
      this.#outstanding.delete(entry);
      this.#bytes -= entry.bytes;
      const { partitionKey } = entry.record;
      const waiting = this.#byKey.get(partitionKey);
      waiting?.shift();
      const [next] = waiting ?? [];
      if (next) this.#makeReady([next]);
      else this.#byKey.delete(partitionKey);
    }
  }

  /** The records are to be sent again, before all others. */
  putBack(entries: readonly Entry<R>[]): void {
    this.#ready.unshift(...entries);
    for (const { bytes } of entries) this.#readyBytes += bytes;
  }

  #makeReady(entries: readonly Entry<R>[]): void {
    this.#ready.push(...entries);
    for (const { bytes } of entries) this.#readyBytes += bytes;
  }
}
