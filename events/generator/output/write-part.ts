import { TributaryError } from '../../../common/errors.ts';
import type { Contract, StreamName } from '../../contracts/contract.ts';
import { contractOf } from '../../contracts/index.ts';
import type { Emission, Handover } from '../emission.ts';
import { EventFiles } from './event-files.ts';
import type { Counts, EventsEntry, LandingEntry, ManifestPart, OutputOptions, SourceTotals } from './manifest.ts';
import { SourceFiles } from './source-files.ts';
import { Tally } from './tally.ts';
import { TruthFiles } from './truth-files.ts';

/** The share of an output that is written in one go. */
export interface PartOptions {
  readonly folder: string;
  readonly options: OutputOptions;
  readonly sources: readonly string[];
  readonly writesTruth: boolean;
  /** Hears of every day that begins. */
  readonly onDay?: (day: string) => void;
}

interface SourceState {
  readonly contract: Contract;
  readonly files: SourceFiles;
  readonly tally: Tally;
  duplicates: number;
}

/** First day whose events are events, `yyyy-mm-dd`. */
export function firstStreamDay({ firstDay, days, streamDays }: OutputOptions): string {
  const day = new Date(`${firstDay}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days - streamDays);
  return day.toISOString().slice(0, 10);
}

/** Writes the records of the named sources, as they come, to their files and streams. */
export async function writePart(emissions: Iterable<Emission>, part: PartOptions): Promise<ManifestPart> {
  const writer = new PartWriter(part);
  for (const emission of emissions) await writer.write(emission);
  return writer.finish();
}

class PartWriter {
  readonly #part: PartOptions;
  readonly #streamsFrom: string;
  readonly #sources: ReadonlyMap<string, SourceState>;
  readonly #streams = new Map<StreamName, EventFiles>();
  readonly #truth: TruthFiles;
  #day = '';

  constructor(part: PartOptions) {
    this.#part = part;
    this.#streamsFrom = firstStreamDay(part.options);
    this.#sources = new Map(part.sources.map((source) => [source, stateOf(source, part.folder)]));
    this.#truth = new TruthFiles(part.folder);
  }

  async write(emission: Emission): Promise<void> {
    if (emission.kind === 'records') return this.#records(emission);
    if (this.#part.writesTruth) await this.#truth.write(emission);
  }

  async finish(): Promise<ManifestPart> {
    const landing: LandingEntry[] = [];
    const events: EventsEntry[] = [];
    for (const { files } of this.#sources.values()) landing.push(...(await files.finish()));
    for (const files of this.#streams.values()) events.push(...(await files.finish()));
    const totals = [...this.#sources].map(
      ([source, state]) => [source, totalsOf(source, state, landing, events)] as const,
    );
    return {
      sources: Object.fromEntries(totals.filter(([, { received }]) => received > 0)),
      landing,
      events,
      truth: await this.#truth.finish(),
      defects: this.#truth.defects,
    };
  }

  async #records(handover: Handover): Promise<void> {
    const { source, day } = handover;
    if (day !== this.#day) this.#part.onDay?.(day);
    this.#day = day;
    const state = this.#sources.get(source);
    if (state === undefined) return;
    state.duplicates += handover.duplicates;
    const { stream } = state.contract.transport;
    if (stream === undefined || day < this.#streamsFrom) return state.files.write(handover);
    const files = this.#streams.get(stream.stream) ?? new EventFiles(stream.stream, this.#part.folder);
    this.#streams.set(stream.stream, files);
    await files.write(handover, state.contract, stream, state.tally);
  }
}

function stateOf(source: string, folder: string): SourceState {
  const contract = contractOf(source);
  if (contract === undefined)
    throw new TributaryError({ code: 'unknown_source', message: `there is no source ${source}` });
  const tally = new Tally(contract);
  return { contract, tally, files: new SourceFiles(contract, folder, tally), duplicates: 0 };
}

function totalsOf(
  source: string,
  { tally, duplicates }: SourceState,
  landing: readonly LandingEntry[],
  events: readonly EventsEntry[],
): SourceTotals {
  const asEvents = events.flatMap(({ sources }) => sources[source] ?? []);
  const inFiles = landing.filter((entry) => entry.source === source);
  const total = (counts: readonly Counts[], of: keyof Counts): number => counts.reduce((sum, one) => sum + one[of], 0);
  const all: readonly Counts[] = [...inFiles, ...asEvents];
  return {
    received: total(all, 'received'),
    accepted: total(all, 'accepted'),
    quarantined: total(all, 'quarantined'),
    duplicates,
    events: total(asEvents, 'received'),
    sums: tally.sums,
  };
}
