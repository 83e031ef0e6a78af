import type { Contract } from '../../events/contracts/contract.ts';
import { BronzeBatch } from '../../events/intake/bronze.ts';
import { receivedHints } from '../../events/privacy/subject.ts';
import { FileRefusal } from '../../events/readers/refusal.ts';
import type { RecordSink, ResumePoint } from '../../events/readers/sink.ts';
import { comparableName, fieldFinder } from '../../events/validator/field-names.ts';
import {
  type ColumnLayout,
  columnLayout,
  type JsonRecord,
  type ObjectLayout,
  objectLayout,
} from '../../events/validator/layout.ts';
import type { Problem } from '../../events/validator/problem.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts';
import { type FileIdentity, type IntakeLimits, Segment } from './segment.ts';

/** Ends reading before a call's time does. What is missing is for the next call, from the last checkpoint on. */
export class OutOfTime extends Error {}

/** How one call takes a file in. */
export interface IntakeCall {
  readonly limits: IntakeLimits;
  /** Whether there is time to go on. */
  readonly hasTime: () => boolean;
  /** What earlier calls have done. */
  readonly from: Checkpoint | undefined;
}

/**
 * Takes the records of one file of a known source into bronze and quarantine, segment by segment, and leaves a checkpoint
 * behind each but the last.
 */
export class FileIntake implements RecordSink {
  readonly #contract: Contract;
  readonly #file: FileIdentity;
  readonly #destination: IntakeDestination;
  readonly #limits: IntakeLimits;
  readonly #hasTime: () => boolean;
  readonly #objects: ObjectLayout;
  readonly #ingestedAt: number;
  readonly #started = performance.now();
  readonly #earlierSeconds: number;
  /** Records that earlier calls have dealt with. */
  readonly #done: number;
  #names: readonly string[] = [];
  #layout: ColumnLayout;
  #batch: BronzeBatch;
  #batchText = 0;
  #segment: Segment;
  #resume: Checkpoint['resume'];
  #hasCompletedSegment = false;
  /** Batches that may be filled again. */
  readonly #spare: BronzeBatch[] = [];
  /** What is to be encoded and stored, in order. */
  readonly #work: (() => Promise<void>)[] = [];
  bronzeObjects: number;
  received: number;
  accepted: number;
  quarantined: number;

  constructor(
    contract: Contract,
    file: FileIdentity,
    destination: IntakeDestination,
    { limits, hasTime, from }: IntakeCall,
  ) {
    this.#limits = limits;
    this.#hasTime = hasTime;
    this.#contract = contract;
    this.#file = file;
    this.#destination = destination;
    this.#batch = new BronzeBatch(contract, limits.rowsPerGroup);
    this.#objects = objectLayout(contract);
    this.#layout = columnLayout(contract, []);
    this.#ingestedAt = file.receivedAt.getTime() * 1000;
    this.#segment = new Segment(from?.segments ?? 0, limits);
    this.#resume = from?.resume;
    this.#done = from?.received ?? 0;
    this.#earlierSeconds = from?.seconds ?? 0;
    this.received = from?.resume?.records ?? 0;
    this.accepted = from?.accepted ?? 0;
    this.quarantined = from?.quarantined ?? 0;
    this.bronzeObjects = from?.bronzeObjects ?? 0;
  }

  /** Of all calls. */
  get seconds(): number {
    return this.#earlierSeconds + (performance.now() - this.#started) / 1000;
  }

  columns(names: readonly string[]): void {
    checkDuplicates(this.#contract, names);
    this.#names = names;
    this.#layout = columnLayout(this.#contract, names);
    const { missing } = this.#layout;
    if (missing.length > 0) {
      const message = `columns are missing: ${missing.join(', ')}; ${foundColumns(this.#contract, names)}`;
      throw new FileRefusal('wrong_header', message);
    }
  }

  row(values: readonly unknown[], size: number): void {
    if (++this.received <= this.#done) return;
    const raw = () => rowAsJson(this.#names, values);
    this.#take(this.#layout.values(values), this.#layout.extra(values), raw, size);
  }

  object(record: JsonRecord, raw: () => string, size: number): void {
    if (++this.received <= this.#done) return;
    this.#take(this.#objects.values(record), this.#objects.extra(record), raw, size);
  }

  refuse(problem: Problem, raw: () => string): void {
    if (++this.received <= this.#done) return;
    this.#quarantine([problem], raw(), undefined);
  }

  /** Throws `OutOfTime` behind a checkpoint, when there is no time left to reach another. */
  async drain(next?: ResumePoint): Promise<void> {
    for (let work = this.#work.shift(); work; work = this.#work.shift()) await work();
    if (next && this.received >= this.#done) this.#resume = { records: this.received, point: next };
    if (this.#hasCompletedSegment && !this.#hasTime()) throw new OutOfTime();
  }

  /** Stores what is left. */
  async finish(): Promise<void> {
    this.#endRowGroup();
    if (!this.#segment.isEmpty) this.#endSegment({ isLast: true });
    for (const work of this.#work) await work();
  }

  #take(values: readonly unknown[], extra: string | null, raw: () => string, size: number): void {
    const position = String(this.received);
    const problems = this.#batch.push(values, { eventId: null, position, ingestedAt: this.#ingestedAt, extra });
    if (problems.length > 0) {
      this.#quarantine(problems, raw(), values);
      return;
    }
    this.accepted++;
    this.#batchText += size;
    if (this.#batch.isFull || this.#batchText >= this.#limits.textPerGroup) this.#endRowGroup();
    if (this.#segment.isFull) this.#endSegment({ isLast: false });
  }

  /** @param values of the contract's fields, where they could be told apart */
  #quarantine(problems: readonly Problem[], raw: string, values: readonly unknown[] | undefined): void {
    this.quarantined++;
    this.#segment.quarantine({
      road: 'file',
      origin: this.#file.origin,
      position: String(this.received),
      problems,
      raw,
      subject: values && receivedHints(this.#contract, values),
      eventId: null,
      contractVersion: this.#contract.version,
      receivedAt: BigInt(this.#ingestedAt),
    });
    if (this.#segment.isFull) {
      this.#endRowGroup();
      this.#endSegment({ isLast: false });
    }
  }

  #endRowGroup(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    const segment = this.#segment;
    segment.groups++;
    this.#work.push(async () => {
      segment.bronze.add(await batch.columns(this.#file.origin, this.#destination.keys));
      batch.clear();
      this.#spare.push(batch);
    });
    this.#batch = this.#spare.pop() ?? new BronzeBatch(this.#contract, this.#limits.rowsPerGroup);
    this.#batchText = 0;
  }

  #endSegment({ isLast }: { readonly isLast: boolean }): void {
    const segment = this.#segment;
    if (segment.groups > 0) this.bronzeObjects++;
    const { received, accepted, quarantined, bronzeObjects } = this;
    const resume = this.#resume && { resume: this.#resume };
    this.#work.push(async () => {
      await segment.store(this.#contract, this.#file, this.#destination);
      if (isLast) return;
      const reached = { contractVersion: this.#contract.version, segments: segment.number + 1, ...resume };
      const counts = { received, accepted, quarantined, bronzeObjects, seconds: this.seconds };
      await writeCheckpoint(this.#destination, this.#file.id, { ...reached, ...counts });
      this.#hasCompletedSegment = true;
    });
    this.#segment = new Segment(segment.number + 1, this.#limits);
  }
}

/**
 * Throws a `FileRefusal` when two columns have names that are the same but for case, blanks and punctuation: nobody could
 * tell which one counts.
 */
function checkDuplicates(contract: Contract, names: readonly string[]): void {
  const find = fieldFinder(contract);
  const seen = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    const other = seen.get(comparableName(name));
    seen.set(comparableName(name), at);
    if (other === undefined) continue;
    const known = find(name) ? ` (${name})` : '';
    throw new FileRefusal('wrong_header', `columns ${other + 1} and ${at + 1} have the same name${known}`);
  }
}

/** Names that the contract does not know are not told: a file without a header has a record there, which may be personal. */
function foundColumns(contract: Contract, names: readonly string[]): string {
  const find = fieldFinder(contract);
  const known = names.filter((name) => find(name) !== undefined);
  const others = names.length - known.length;
  const unknown = others === 0 ? [] : [`${others} that the contract does not know`];
  return `the file has ${[...known, ...unknown].join(', ') || 'none'}`;
}

/** A row by the names of its columns, so that it can be sent again without them. */
const rowAsJson = (names: readonly string[], values: readonly unknown[]): string =>
  JSON.stringify(Object.fromEntries(names.map((name, at) => [name, values[at]])), (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
