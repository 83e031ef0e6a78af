import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TributaryError } from '../../common/errors.ts';
import type { IntakeCounts } from './intake.ts';

/** First and last sequence number of what a load put into a shard. */
export interface ShardRange {
  readonly first: string;
  readonly last: string;
}

/** What a load sent and expects to be received. */
export interface SentFile {
  readonly etag: string;
  readonly rows: number;
  /** How many of the rows must be refused, where that is known. */
  readonly quarantined?: number;
}

export interface SentEvents {
  /** So many events from the first on are known to be in the stream. */
  readonly sent: number;
  readonly shards: Readonly<Record<string, ShardRange>>;
}

/** How far a load of a dataset has come. It lies in the operations bucket, so that it goes with the lake. */
export interface Receipt {
  readonly dataset: string;
  /** Hash of the data and of the rules that turn it into sources. */
  readonly content: string;
  readonly startedAt: string;
  /** By landing key. */
  readonly files: Readonly<Record<string, SentFile>>;
  /** By name of the Kinesis stream. */
  readonly streams: Readonly<Record<string, SentEvents>>;
  /** By source; set once everything has arrived and the sums are right. */
  readonly result?: Readonly<Record<string, IntakeCounts>>;
  /** How many events had arrived more than once by then. */
  readonly repeated?: number;
}

/** Folder of the operations bucket that receipts lie in. */
export const RECEIPTS = 'loads/';
const receiptKey = (dataset: string): string => `${RECEIPTS}${dataset}.json`;

/** A receipt that is stored after each change; of changes that come while one is stored, all are stored together. */
export class ReceiptStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  #receipt: Receipt;
  #writing: Promise<void> | undefined;
  #isStale = false;

  private constructor(client: S3Client, bucket: string, receipt: Receipt) {
    this.#client = client;
    this.#bucket = bucket;
    this.#receipt = receipt;
  }

  /**
   * The receipt of an earlier load of the same content, or a new one. Throws `other_content` when the lake holds the
   * dataset in another edition.
   */
  static async open(client: S3Client, bucket: string, { dataset, content }: Pick<Receipt, 'dataset' | 'content'>) {
    const found = await read(client, bucket, receiptKey(dataset));
    if (found !== undefined && found.content !== content) {
      throw new TributaryError({
        code: 'other_content',
        message: `this lake holds another edition of ${dataset}, loaded at ${found.startedAt}`,
        where: `s3://${bucket}/${receiptKey(dataset)}`,
        advice:
          'start afresh with `npm run down`, then load again; in AWS, each dataset wants an environment of its own',
      });
    }
    const fresh: Receipt = { dataset, content, startedAt: new Date().toISOString(), files: {}, streams: {} };
    return new ReceiptStore(client, bucket, found ?? fresh);
  }

  get receipt(): Receipt {
    return this.#receipt;
  }

  /** Applies a change at once, and resolves when it is stored. */
  async update(change: (receipt: Receipt) => Partial<Receipt>): Promise<void> {
    this.#receipt = { ...this.#receipt, ...change(this.#receipt) };
    this.#isStale = true;
    this.#writing ??= this.#writeAll();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#write();
      }
    } finally {
      this.#writing = undefined;
    }
  }

  async #write(): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: receiptKey(this.#receipt.dataset),
        Body: JSON.stringify(this.#receipt, null, 2),
        ContentType: 'application/json',
      }),
    );
  }
}

async function read(client: S3Client, bucket: string, key: string): Promise<Receipt | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '') as Receipt;
  } catch (thrown) {
    if (thrown instanceof NoSuchKey) return undefined;
    throw thrown;
  }
}
