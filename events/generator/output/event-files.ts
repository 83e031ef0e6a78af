import { join } from 'node:path';
import type { Contract, StreamName } from '../../contracts/contract.ts';
import type { Handover } from '../emission.ts';
import { eventOf } from './event-of.ts';
import { Judge } from './judge.ts';
import type { Counts, EventsEntry } from './manifest.ts';
import { OutputFile } from './output-file.ts';
import type { Tally } from './tally.ts';

/** What a contract says of its events. */
export interface EventTransport {
  readonly stream: StreamName;
  readonly type: string;
}

interface OpenFile {
  readonly path: string;
  readonly day: string;
  readonly file: OutputFile;
  readonly sources: Map<string, { received: number; accepted: number; quarantined: number }>;
}

const CAPACITY = 1_024;

/** Writes the events of one stream, a file a day. */
export class EventFiles {
  readonly #stream: StreamName;
  readonly #folder: string;
  readonly #entries: EventsEntry[] = [];
  readonly #judges = new Map<string, Judge>();
  #open: OpenFile | undefined;

  constructor(stream: StreamName, folder: string) {
    this.#stream = stream;
    this.#folder = folder;
  }

  async write(handover: Handover, contract: Contract, { type }: EventTransport, tally: Tally): Promise<void> {
    if (handover.records.length === 0) return;
    const { source, day } = handover;
    if (this.#open?.day !== day) await this.#finishOpen();
    this.#open ??= await this.#create(day);
    const { sources, file } = this.#open;
    const counts = sources.get(source) ?? { received: 0, accepted: 0, quarantined: 0 };
    sources.set(source, counts);
    for (const { record, isAccepted } of this.#judgeOf(contract, tally).judge(handover)) {
      counts.received++;
      if (isAccepted) counts.accepted++;
      else counts.quarantined++;
      // Whoever sends a record twice by mistake sends two events.
      const id = `${source}-${day}-${counts.received}`;
      const event = eventOf({ contract, type, id, record, otherwiseAt: `${day}T00:00:00Z` });
      file.text(`${JSON.stringify(event)}\n`);
    }
    await file.drain();
  }

  async finish(): Promise<readonly EventsEntry[]> {
    await this.#finishOpen();
    for (const judge of this.#judges.values()) judge.flush();
    return this.#entries;
  }

  #judgeOf(contract: Contract, tally: Tally): Judge {
    const judge = this.#judges.get(contract.source) ?? new Judge(contract, tally, CAPACITY);
    this.#judges.set(contract.source, judge);
    return judge;
  }

  async #create(day: string): Promise<OpenFile> {
    const path = `events/${this.#stream}-${day}.ndjson`;
    return { path, day, file: await OutputFile.create(join(this.#folder, path)), sources: new Map() };
  }

  async #finishOpen(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { path, day, file, sources } = open;
    const bySource: Record<string, Counts> = Object.fromEntries(sources);
    this.#entries.push({ stream: this.#stream, day, path, sources: bySource, ...(await file.finish()) });
  }
}
