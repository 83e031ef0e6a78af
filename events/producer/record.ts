/** A record as a stream takes it. */
export interface StreamRecord {
  /** Records of one key keep their order. At most 256 characters. */
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Where a record came to lie. Sequence numbers grow within a shard and exceed 2^53. */
export interface Position {
  readonly shard: string;
  readonly sequenceNumber: string;
}

export interface Delivery<R extends StreamRecord = StreamRecord> {
  readonly record: R;
  readonly position: Position;
}

/** Kinesis takes 500 records a request. Of bytes it takes 10 MiB by now, but emulators and older regions only half. */
export const REQUEST_LIMITS = { records: 500, bytes: 5 * 1024 * 1024 } as const;

/** Bytes that a record counts for in a request. */
export const sizeOf = ({ partitionKey, data }: StreamRecord): number =>
  data.byteLength + Buffer.byteLength(partitionKey);
