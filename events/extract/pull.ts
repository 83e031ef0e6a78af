import { TributaryError } from '../../common/errors.ts';
import type { Extraction } from './extraction.ts';
import { type Landing, LandingFile } from './landing-file.ts';
import { landingKey } from './landing-key.ts';
import { advance, beginPull, type ExtractionState, finishPull, type Pull } from './state.ts';
import { laterOf, type Moment } from './version.ts';

/** One record, as the line of a file. */
export interface PulledRecord {
  readonly line: string;
  /** Undefined when the record has none that can be read; ingestion will say so. */
  readonly version: Moment | undefined;
}

export interface PulledBatch {
  readonly records: readonly PulledRecord[];
  /** Where to go on after this batch, as JSON; null when that cannot be told before the end. */
  readonly position: unknown;
}

/** What records are pulled from. */
export interface PullSource {
  /** Whether it can be asked for what has changed since a moment. */
  readonly isIncremental: boolean;
  /** Its own time. */
  now(): Promise<Moment>;
  /**
   * All records from a version on, or from the position of an earlier batch.
   * Throws a `ForgottenPosition` when it does not know that position any more.
   */
  read(from: Moment | null, position: unknown): AsyncIterable<PulledBatch>;
  close(): Promise<void>;
}

/** The source cannot go on from where an earlier invocation has stopped. */
export class ForgottenPosition extends TributaryError {}

/** The source wants to be left alone for longer than this invocation has time. */
export class OutOfTime extends TributaryError {}

/** Remembers extractions between invocations. */
export interface ExtractionStates {
  read(name: string): Promise<ExtractionState>;
  /** Throws `extraction_overtaken` when somebody else has written since the last read or write. */
  write(name: string, state: ExtractionState): Promise<void>;
}

export interface PullDeps {
  readonly source: PullSource;
  readonly landing: Landing;
  readonly states: ExtractionStates;
  /** Whether the time left is only just enough to put things in order. */
  isTimeUp(): boolean;
}

/** Uncompressed size from which a file is completed and the next one begun: a pull can go on from there. */
const FILE_BYTES = 128 * 1024 ** 2;

export interface PullOptions {
  /** Begin at this version, whatever the watermark says. */
  readonly from?: Moment | undefined;
  readonly fileBytes?: number;
}

export interface PullOutcome {
  /** `paused`: time was up; the next invocation goes on from there. */
  readonly status: 'finished' | 'paused';
  /** Version from which on this pull asked; null for all. */
  readonly from: Moment | null;
  /** Landed by this invocation. */
  readonly records: number;
  readonly files: readonly string[];
  /** Files that were left out because the last pull has landed the same. */
  readonly unchangedFiles: number;
  /** As it is now. */
  readonly watermark: Moment | null;
}

/**
 * Pulls what has changed into the landing bucket, file by file, and moves the watermark when all has landed. A pull
 * that is interrupted anywhere is repeated from its last whole file, so that it may land records again and never
 * misses one.
 */
export async function runPull(extraction: Extraction, deps: PullDeps, options: PullOptions = {}): Promise<PullOutcome> {
  const { source, states } = deps;
  const state = await states.read(extraction.name);
  const now = await source.now();
  const pull = beginPull(state, source.isIncremental ? extraction.overlapSeconds : null, now, options.from);
  try {
    return await new PullRun(extraction, deps, state, options.fileBytes ?? FILE_BYTES).run(pull);
  } catch (thrown) {
    if (!(thrown instanceof ForgottenPosition) || pull.position === null) throw thrown;
    const again: Pull = { ...pull, startedAt: now, position: null, hashes: [], records: 0 };
    return new PullRun(extraction, deps, state, options.fileBytes ?? FILE_BYTES).run(again);
  }
}

/** One invocation's share of a pull. */
class PullRun {
  readonly #extraction: Extraction;
  readonly #deps: PullDeps;
  readonly #fileBytes: number;
  #state: ExtractionState;
  #file: LandingFile | undefined;
  #high: Moment | null = null;
  readonly #files: string[] = [];
  #records = 0;
  #unchanged = 0;

  constructor(extraction: Extraction, deps: PullDeps, state: ExtractionState, fileBytes: number) {
    this.#extraction = extraction;
    this.#deps = deps;
    this.#state = state;
    this.#fileBytes = fileBytes;
  }

  async run(begun: Pull): Promise<PullOutcome> {
    let pull = begun;
    let reached: unknown = null;
    this.#high = pull.high;
    try {
      for await (const { records, position } of this.#deps.source.read(pull.from, pull.position)) {
        for (const record of records) await this.#take(record, pull);
        reached = position;
        const isTimeUp = this.#deps.isTimeUp();
        const canStop = position !== null && (isTimeUp || (this.#file?.bytes ?? 0) >= this.#fileBytes);
        if (!canStop) continue;
        pull = await this.#checkpoint({ ...pull, position });
        if (isTimeUp) return this.#outcome('paused', pull);
      }
      pull = await this.#endFile(pull);
    } catch (thrown) {
      if (!(thrown instanceof OutOfTime) || reached === null) {
        await this.#file?.discard();
        throw thrown;
      }
      return this.#outcome('paused', await this.#checkpoint({ ...pull, position: reached }));
    }
    await this.#remember(finishPull(this.#state, pull));
    return this.#outcome('finished', pull);
  }

  async #take({ line, version }: PulledRecord, pull: Pull): Promise<void> {
    this.#file ??= this.#nextFile(pull);
    await this.#file.write(line);
    this.#high = laterOf(this.#high, version ?? null);
  }

  #nextFile({ from, hashes }: Pull): LandingFile {
    const key = landingKey(this.#extraction, { from, pulls: this.#state.pulls, part: hashes.length });
    return new LandingFile(this.#deps.landing, key);
  }

  async #checkpoint(pull: Pull): Promise<Pull> {
    const ended = await this.#endFile(pull);
    await this.#remember(advance(this.#state, ended));
    return ended;
  }

  async #endFile(pull: Pull): Promise<Pull> {
    const file = this.#file;
    if (file === undefined) return { ...pull, high: this.#high };
    const { last } = this.#state;
    const known = last?.from === pull.from ? last.hashes[pull.hashes.length] : undefined;
    const { hash, isNew } = await file.land((content) => content === known);
    this.#file = undefined;
    if (isNew) {
      this.#files.push(file.key);
      this.#records += file.records;
    } else {
      this.#unchanged++;
    }
    return { ...pull, high: this.#high, hashes: [...pull.hashes, hash], records: pull.records + file.records };
  }

  async #remember(state: ExtractionState): Promise<void> {
    await this.#deps.states.write(this.#extraction.name, state);
    this.#state = state;
  }

  #outcome(status: PullOutcome['status'], { from }: Pull): PullOutcome {
    return {
      status,
      from,
      records: this.#records,
      files: this.#files,
      unchangedFiles: this.#unchanged,
      watermark: this.#state.watermark,
    };
  }
}
