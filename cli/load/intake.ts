import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { TributaryError } from '../../common/errors.ts';
import { INTAKE_TABLE } from '../../events/contracts/tables.ts';

/** What became of a file, or of the part of a stream batch that belongs to one source. */
export interface IntakeEntry {
  readonly source: string;
  readonly road: 'file' | 'stream';
  readonly origin: string;
  readonly first_position: string | null;
  readonly last_position: string | null;
  readonly status: 'ingested' | 'refused';
  readonly reason: string | null;
  readonly message: string | null;
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
}

export type IntakeCounts = Pick<IntakeEntry, 'received' | 'accepted' | 'quarantined'>;

export const NOTHING: IntakeCounts = { received: 0, accepted: 0, quarantined: 0 };

export const sum = (counts: readonly IntakeCounts[]): IntakeCounts =>
  counts.reduce(
    (a, b) => ({
      received: a.received + b.received,
      accepted: a.accepted + b.accepted,
      quarantined: a.quarantined + b.quarantined,
    }),
    NOTHING,
  );

/** Reads the intake ledger from a given day on. An object is fetched once, and again when a retry replaces it. */
export class IntakeReader {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #since: Date;
  readonly #objects = new Map<string, { readonly etag: string; readonly entries: readonly IntakeEntry[] }>();

  constructor(client: S3Client, bucket: string, since: Date) {
    this.#client = client;
    this.#bucket = bucket;
    this.#since = since;
  }

  async entries(): Promise<readonly IntakeEntry[]> {
    for (const date of daysSince(this.#since)) {
      const Prefix = `${INTAKE_TABLE.prefix}/ingest_date=${date}/`;
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: this.#client },
        { Bucket: this.#bucket, Prefix },
      )) {
        const changed = Contents.filter(({ Key = '', ETag = '' }) => this.#objects.get(Key)?.etag !== ETag);
        await Promise.all(changed.map(({ Key = '', ETag = '' }) => this.#fetch(Key, ETag)));
      }
    }
    return [...this.#objects.values()].flatMap(({ entries }) => entries);
  }

  async #fetch(key: string, etag: string): Promise<void> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const lines = ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
    this.#objects.set(key, { etag, entries: lines.map((line) => JSON.parse(line) as IntakeEntry) });
  }
}

/** UTC dates from that of `since` to today's. */
function daysSince(since: Date): string[] {
  const today = new Date().toISOString().slice(0, 10);
  const days: string[] = [];
  for (const day = new Date(since); day.toISOString().slice(0, 10) <= today; day.setUTCDate(day.getUTCDate() + 1)) {
    days.push(day.toISOString().slice(0, 10));
  }
  return days;
}

export interface WaitOptions {
  readonly pollMs?: number;
  /** How long nothing may change before the wait is given up. */
  readonly patienceMs?: number;
}

/**
 * Reads the ledger until `isDone`. Throws `intake_stalled` when its entries stop changing before that.
 */
export async function waitForIntake(
  reader: IntakeReader,
  isDone: (entries: readonly IntakeEntry[]) => boolean,
  { pollMs = 250, patienceMs = 180_000 }: WaitOptions = {},
): Promise<readonly IntakeEntry[]> {
  let received = -1;
  let changedAt = performance.now();
  for (;;) {
    const entries = await reader.entries();
    if (isDone(entries)) return entries;
    const now = sum(entries).received + entries.length;
    if (now !== received) {
      received = now;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > patienceMs) throw stalled(patienceMs);
    await sleep(pollMs);
  }
}

const stalled = (patienceMs: number) =>
  new TributaryError({
    code: 'intake_stalled',
    message: `nothing has been ingested for ${Math.round(patienceMs / 1_000)} s, and not all has arrived`,
    where: 'ingest-file, ingest-stream',
    advice: 'look at the logs of these functions and at their dead-letter queues, then run the same load again',
  });
