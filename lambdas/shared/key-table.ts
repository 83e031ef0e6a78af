import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type BackoffOptions, backoffMs, withBackoff } from '../../common/backoff.ts';
import { mapBounded } from '../../common/concurrency.ts';
import { TributaryError } from '../../common/errors.ts';

/** A key as the table keeps it, always encrypted, or the mark that its subject was erased. */
export interface StoredKey {
  /** Name of the key. */
  readonly pk: string;
  /** The key, encrypted under the wrapping key of this name, or by KMS where there is none. */
  readonly wrapped?: Uint8Array;
  readonly wrapping_key?: string;
  /** ISO 8601 in UTC. */
  readonly created_at?: string;
  readonly erased_at?: string;
  /** Seconds since 1970 after which the key is gone. */
  readonly ttl?: number;
}

const storedKey = z.object({
  pk: z.string(),
  wrapped: z.instanceof(Uint8Array).optional(),
  wrapping_key: z.string().optional(),
  created_at: z.string().optional(),
  erased_at: z.string().optional(),
  ttl: z.number().optional(),
});

/** The most that DynamoDB takes in one call. */
const READ_ITEMS = 100;
const WRITE_ITEMS = 100;
const CALLS_AT_ONCE = 8;

const chunked = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/** The table of keys. Throws `keys_unavailable` where it throttles for longer than backing off helps. */
export class KeyTable {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #backoff: BackoffOptions;

  constructor(dynamo: DynamoDBDocumentClient, table: string, backoff: BackoffOptions = {}) {
    this.#dynamo = dynamo;
    this.#table = table;
    this.#backoff = backoff;
  }

  /** The keys of these names that there are; an expired one is not there, even if it has yet to be deleted. */
  async read(names: readonly string[]): Promise<ReadonlyMap<string, StoredKey>> {
    const items = await mapBounded(chunked(names, READ_ITEMS), CALLS_AT_ONCE, (chunk) => this.#readChunk(chunk));
    const now = Date.now() / 1000;
    return new Map(items.flat().flatMap((item) => ((item.ttl ?? now) < now ? [] : [[item.pk, item]])));
  }

  /** Writes keys whose names are free; the names that were not. */
  async create(items: readonly StoredKey[]): Promise<readonly string[]> {
    const taken = await mapBounded(chunked(items, WRITE_ITEMS), CALLS_AT_ONCE, (chunk) => this.#createChunk(chunk));
    return taken.flat();
  }

  async #readChunk(names: readonly string[]): Promise<StoredKey[]> {
    const items: StoredKey[] = [];
    let keys: Record<string, unknown>[] = names.map((pk) => ({ pk }));
    for (let failures = 0; keys.length > 0; ) {
      const request = { RequestItems: { [this.#table]: { Keys: keys, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await this.#send(() => this.#dynamo.send(new BatchGetCommand(request)));
      const found = Responses?.[this.#table] ?? [];
      items.push(...found.map((item) => storedKey.parse(item)));
      const rest = UnprocessedKeys?.[this.#table]?.Keys ?? [];
      failures = rest.length < keys.length ? 0 : failures + 1;
      keys = rest;
      if (keys.length > 0) await this.#wait(failures);
    }
    return items;
  }

  async #createChunk(chunk: readonly StoredKey[]): Promise<string[]> {
    const taken: string[] = [];
    let items = chunk;
    for (let failures = 0; items.length > 0; ) {
      const reasons = await this.#transact(items);
      if (reasons === undefined) return taken;
      const isTaken = (at: number): boolean => reasons[at] === 'ConditionalCheckFailed';
      const lost = items.filter((_, at) => isTaken(at));
      taken.push(...lost.map(({ pk }) => pk));
      items = items.filter((_, at) => !isTaken(at));
      // A conflict with somebody who writes the same items passes when one of the two is done.
      failures = lost.length > 0 ? 0 : failures + 1;
      if (items.length > 0 && lost.length === 0) await this.#wait(failures);
    }
    return taken;
  }

  /** Undefined when all items were written, else why each was not, by DynamoDB's codes. */
  async #transact(items: readonly StoredKey[]): Promise<readonly string[] | undefined> {
    const now = Math.floor(Date.now() / 1000);
    const TransactItems = items.map((Item) => ({
      Put: {
        TableName: this.#table,
        Item,
        ConditionExpression: 'attribute_not_exists(pk) or #ttl < :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': now },
      },
    }));
    try {
      await this.#send(() => this.#dynamo.send(new TransactWriteCommand({ TransactItems })));
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof TransactionCanceledException)) throw thrown;
      return (thrown.CancellationReasons ?? []).map(({ Code = 'None' }) => Code);
    }
  }

  async #wait(failures: number): Promise<void> {
    const { attempts = 8, wait = sleep } = this.#backoff;
    if (failures >= attempts) throw keysUnavailable(this.#table);
    await wait(backoffMs(failures, this.#backoff));
  }

  async #send<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await withBackoff(call, this.#backoff);
    } catch (cause) {
      throw cause instanceof TransactionCanceledException ? cause : keysUnavailable(this.#table, cause);
    }
  }
}

/** What cannot be protected is not stored: the batch is repeated. */
export const keysUnavailable = (where: string, cause?: unknown): TributaryError =>
  new TributaryError({
    code: 'keys_unavailable',
    message: 'the keys of personal data cannot be had now',
    where,
    advice:
      'the batch is repeated by itself; if this goes on, look at throttling and permissions of the table and its key',
    cause,
  });
