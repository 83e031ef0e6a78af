import { TributaryError } from '../../common/errors.ts';
import { type RawCipher, rawBytes } from '../intake/raw-cipher.ts';
import { parseRecord } from '../readers/json.ts';
import { isWholeFile, type QuarantinedRow, recordId } from './quarantined-row.ts';
import type { ReplayMemory } from './replay-memory.ts';

/** The roads that records came by, and go again. All answer with the ids that the records are received under. */
export interface ReplayRoads {
  /** Puts a file into the landing bucket; answers with its origin, `<key>#<etag>`. */
  land(key: string, body: string): Promise<string>;
  /** Puts a refused file, whose sealed copy lies at `s3://bucket/key`, into the landing bucket; answers with its origin. */
  landAgain(uri: string, key: string): Promise<string>;
  /** Puts events into a stream; answers with their ids, in the order of the events. */
  put(stream: string, events: readonly StreamedEvent[]): Promise<readonly string[]>;
}

export interface StreamedEvent {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Opens what quarantine has sealed. */
export type Opener = Pick<RawCipher, 'open'>;

export interface ReplayOptions {
  readonly memory: ReplayMemory;
  readonly roads: ReplayRoads;
  readonly cipher: Opener;
  readonly isDryRun: boolean;
  /** Ids of the source's records that are in quarantine: a replay whose copy is among them was refused again. */
  readonly quarantined: ReadonlySet<string>;
  readonly recordsPerPlan?: number;
}

/** What became of the selected records. */
export interface ReplayCounts {
  /** Sent again; in a dry run, those that would be. */
  sent: number;
  /** Refused files that were copied back. */
  files: number;
  /** Left out: sent before under this contract version, or accepted since. */
  before: number;
  /** Left out: copies that earlier replays have sent; their originals stand for them. */
  copies: number;
  /** Left out: rows that could not be taken apart, which need repair at their source, and what nobody can open. */
  unreadable: number;
  /** Landing keys and streams. */
  readonly targets: string[];
}

/** Errors of a record that will not be read at another attempt either. */
const UNREADABLE = new Set(['malformed_ciphertext', 'subject_erased', 'no_subject_key', 'not_authentic']);
/** As many as one replay file holds. */
const RECORDS_PER_PLAN = 10_000;

/**
 * Sends quarantined records of one source again, by the road that they came by: rows of files as one NDJSON file, refused
 * files as they were, events into their stream. Each is sent once per contract version, and not again once it was accepted.
 */
export async function replayQuarantine(
  rows: AsyncIterable<QuarantinedRow>,
  options: ReplayOptions,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = { sent: 0, files: 0, before: 0, copies: 0, unreadable: 0, targets: [] };
  const { recordsPerPlan = RECORDS_PER_PLAN } = options;
  const groups = new Map<string, QuarantinedRow[]>();
  for await (const row of rows) {
    if (!isWanted(row, options.memory, options.quarantined, counts)) continue;
    const group = groups.get(groupOf(row)) ?? [];
    groups.set(groupOf(row), group);
    group.push(row);
    if (group.length >= recordsPerPlan) await sendGroup(group.splice(0), options, counts);
  }
  for (const group of groups.values()) await sendGroup(group, options, counts);
  return counts;
}

const streamOf = ({ origin }: Pick<QuarantinedRow, 'origin'>): string => origin.split('/')[0] ?? '';

/** What goes together. */
const groupOf = (row: QuarantinedRow): string =>
  isWholeFile(row) ? 'files' : row.road === 'file' ? 'rows' : `stream ${streamOf(row)}`;

function isWanted(
  row: QuarantinedRow,
  { replayed, sentAs, copies }: ReplayMemory,
  quarantined: ReadonlySet<string>,
  counts: ReplayCounts,
): boolean {
  const id = recordId(row);
  if (copies.has(id)) {
    counts.copies += 1;
    return false;
  }
  const copy = sentAs.get(id);
  if (replayed.has(id) || (copy !== undefined && !quarantined.has(copy))) {
    counts.before += 1;
    return false;
  }
  return true;
}

async function sendGroup(rows: readonly QuarantinedRow[], options: ReplayOptions, counts: ReplayCounts): Promise<void> {
  const texts = await opened(rows, options.cipher);
  const readable = rows.flatMap((row, at) => {
    const text = texts[at];
    const content = text === undefined ? undefined : contentOf(row, text);
    return content === undefined ? [] : [{ row, content }];
  });
  counts.unreadable += rows.length - readable.length;
  if (readable.length === 0) return;
  if (readable.some(({ row }) => isWholeFile(row))) counts.files += readable.length;
  else counts.sent += readable.length;
  if (options.isDryRun) return;
  const plan = await options.memory.claim(readable.map(({ row }) => row));
  const { ids, targets } = await send(plan.id, readable, options.roads);
  await options.memory.sent(plan, ids);
  counts.targets.push(...targets);
}

interface Readable {
  readonly row: QuarantinedRow;
  readonly content: string;
}

/** The records in clear text; undefined for what nobody can open any more, such as those of erased people. */
async function opened(rows: readonly QuarantinedRow[], cipher: Opener): Promise<readonly (string | undefined)[]> {
  const [first] = rows;
  if (first === undefined || isWholeFile(first)) return rows.map(({ raw }) => raw ?? undefined);
  const sealed = rows.flatMap(({ raw }) => raw ?? []);
  const texts = (await openAll(first.source, sealed, cipher)).values();
  return rows.map(({ raw }) => (raw === null ? undefined : texts.next().value));
}

async function openAll(
  source: string,
  sealed: readonly string[],
  cipher: Opener,
): Promise<readonly (string | undefined)[]> {
  if (sealed.length === 0) return [];
  try {
    return await cipher.open(source, sealed);
  } catch (thrown) {
    if (!(thrown instanceof TributaryError) || !UNREADABLE.has(thrown.code)) throw thrown;
    // One that cannot be opened fails all: tell them apart.
    if (sealed.length === 1) return [undefined];
    const middle = Math.ceil(sealed.length / 2);
    const parts = [sealed.slice(0, middle), sealed.slice(middle)];
    return (await Promise.all(parts.map((part) => openAll(source, part, cipher)))).flat();
  }
}

/** What is sent of a record; undefined where that cannot be made of it. */
function contentOf(row: QuarantinedRow, text: string): string | undefined {
  if (isWholeFile(row)) return landingKeyOf(text) === undefined ? undefined : text;
  if (row.road === 'stream') return text;
  // A line feed within JSON stands between its parts only, and would end the line.
  return 'record' in parseRecord(text) ? text.replaceAll(/[\r\n]+/g, ' ') : undefined;
}

/** Where a refused file had landed, from the address of its copy, `…/files/ingest_date=<date>/<id>/<landing key>`. */
const landingKeyOf = (uri: string): string | undefined =>
  /^s3:\/\/[^/]+\/files\/ingest_date=[^/]+\/[^/]+\/(.+)$/.exec(uri)?.[1];

interface Sent {
  /** By the order of the records. */
  readonly ids: readonly string[];
  readonly targets: readonly string[];
}

async function send(planId: string, records: readonly Readable[], roads: ReplayRoads): Promise<Sent> {
  const [first] = records;
  if (first === undefined) return { ids: [], targets: [] };
  if (isWholeFile(first.row)) {
    const origins: string[] = [];
    for (const { content } of records) {
      const [folder = '', ...rest] = (landingKeyOf(content) ?? '').split('/');
      origins.push(await roads.landAgain(content, [folder, 'replays', planId, ...rest].join('/')));
    }
    return { ids: origins.map((origin) => recordId({ origin, position: '0' })), targets: origins };
  }
  if (first.row.road === 'file') {
    const key = `${first.row.source}/replays/${planId}.ndjson`;
    const origin = await roads.land(key, records.map(({ content }) => `${content}\n`).join(''));
    return { ids: records.map((_, at) => recordId({ origin, position: String(at + 1) })), targets: [key] };
  }
  const stream = streamOf(first.row);
  const events = records.map(({ row, content }) => ({
    // What keeps its order by key has a version that says the same.
    partitionKey: (row.eventId ?? recordId(row)).slice(0, 256),
    data: rawBytes(content),
  }));
  return { ids: await roads.put(stream, events), targets: [stream] };
}
