import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { TributaryError } from '../../common/errors.ts';
import { INTAKE_TABLE } from '../../events/contracts/tables.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';

export type IntakeCounts = Pick<IntakeRecord, 'received' | 'accepted' | 'quarantined'>;

export const sum = (counts: readonly IntakeCounts[]): IntakeCounts =>
  counts.reduce<IntakeCounts>(
    (a, b) => ({
      received: a.received + b.received,
      accepted: a.accepted + b.accepted,
      quarantined: a.quarantined + b.quarantined,
    }),
    { received: 0, accepted: 0, quarantined: 0 },
  );

/** Records of the ledger by the id of the file version or stream batch that they are about. */
export type Intake = ReadonlyMap<string, readonly IntakeRecord[]>;

/** Reads the intake ledger from a given day on. An object is fetched once, and again when a retry replaces it. */
export class IntakeReader {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #since: Date;
  readonly #etags = new Map<string, string>();
  readonly #intake = new Map<string, readonly IntakeRecord[]>();

  constructor(client: S3Client, bucket: string, since: Date) {
    this.#client = client;
    this.#bucket = bucket;
    this.#since = since;
  }

  async read(): Promise<Intake> {
    for (const date of daysSince(this.#since)) {
      const query = { Bucket: this.#bucket, Prefix: `${INTAKE_TABLE.prefix}/ingest_date=${date}/` };
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#client }, query)) {
        const changed = Contents.filter(({ Key = '', ETag = '' }) => this.#etags.get(Key) !== ETag);
        await Promise.all(changed.map(({ Key = '', ETag = '' }) => this.#fetch(Key, ETag)));
      }
    }
    return this.#intake;
  }

  async #fetch(key: string, etag: string): Promise<void> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const lines = ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
    const id = key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, '');
    this.#intake.set(
      id,
      lines.map((line) => JSON.parse(line) as IntakeRecord),
    );
    this.#etags.set(key, etag);
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

/** Reads the ledger until `isDone`. Throws `intake_stalled` when nothing new appears in it for too long. */
export async function waitForIntake(
  reader: Pick<IntakeReader, 'read'>,
  isDone: (intake: Intake) => boolean,
  { pollMs = 250, patienceMs = 180_000 }: WaitOptions = {},
): Promise<Intake> {
  let known = -1;
  let changedAt = performance.now();
  for (;;) {
    const intake = await reader.read();
    if (isDone(intake)) return intake;
    if (intake.size !== known) {
      known = intake.size;
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
