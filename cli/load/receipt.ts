import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TributaryError } from '../../common/errors.ts';
import type { IntakeCounts } from './intake.ts';

/** First and last sequence number of what a load put into a shard. */
export interface ShardRange {
  readonly first: string;
  readonly last: string;
}

/** How far a load of a dataset has come. It lies in the operations bucket, so that it goes with the lake. */
export interface Receipt {
  readonly dataset: string;
  /** Hash of the data and of the rules that turn it into sources. */
  readonly content: string;
  readonly startedAt: string;
  /** By landing key. */
  readonly files: Readonly<Record<string, { readonly etag: string; readonly rows: number }>>;
  readonly stream: {
    /** Events that are known to be in the stream. */
    readonly sent: number;
    readonly shards: Readonly<Record<string, ShardRange>>;
  };
  /** By source; set once everything has arrived and the sums are right. */
  readonly result?: Readonly<Record<string, IntakeCounts>>;
}

const receiptKey = (dataset: string): string => `loads/${dataset}.json`;

/** A receipt that is stored after each change; changes that come together are written one after the other. */
export class ReceiptStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  #receipt: Receipt;
  #written: Promise<unknown> = Promise.resolve();

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
        advice: 'each dataset wants an empty lake of its own',
      });
    }
    const fresh = { dataset, content, startedAt: new Date().toISOString(), files: {}, stream: { sent: 0, shards: {} } };
    return new ReceiptStore(client, bucket, found ?? fresh);
  }

  get receipt(): Receipt {
    return this.#receipt;
  }

  /** Applies a change and waits until it is stored. */
  async update(change: (receipt: Receipt) => Partial<Receipt>): Promise<void> {
    this.#receipt = { ...this.#receipt, ...change(this.#receipt) };
    this.#written = this.#written.then(() => this.#write());
    await this.#written;
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
