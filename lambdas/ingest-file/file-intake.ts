import type { Contract } from '../../events/contracts/contract.ts';
import { BronzeBatch } from '../../events/intake/bronze.ts';
import { bronzeKey, quarantineKey } from '../../events/intake/keys.ts';
import { ParquetFile } from '../../events/intake/parquet.ts';
import { type QuarantinedRecord, quarantineParquet } from '../../events/intake/quarantine.ts';
import { FileRefusal } from '../../events/readers/refusal.ts';
import type { RecordSink } from '../../events/readers/sink.ts';
import {
  type ColumnLayout,
  columnLayout,
  type JsonRecord,
  type ObjectLayout,
  objectLayout,
  quarantinedText,
} from '../../events/validator/layout.ts';
import type { Problem } from '../../events/validator/problem.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';

/** How much is gathered before it is written. */
export interface IntakeLimits {
  /** Large enough for compression, small enough for memory. */
  readonly rowsPerGroup: number;
  readonly groupsPerObject: number;
  /** Records of a quarantine object, and characters of their raw text. */
  readonly quarantinedPerObject: number;
  readonly quarantinedTextPerObject: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  rowsPerGroup: 65_536,
  groupsPerObject: 8,
  quarantinedPerObject: 20_000,
  quarantinedTextPerObject: 8 * 1024 * 1024,
};

export interface FileIdentity {
  /** Deterministic name of this version of the file. */
  readonly id: string;
  readonly origin: string;
  readonly receivedAt: Date;
}

/** Takes the records of one file of a known source into bronze and quarantine. */
export class FileIntake implements RecordSink {
  readonly #contract: Contract;
  readonly #file: FileIdentity;
  readonly #destination: IntakeDestination;
  readonly #limits: IntakeLimits;
  readonly #batch: BronzeBatch;
  readonly #objects: ObjectLayout;
  readonly #ingestedAt: number;
  #names: readonly string[] = [];
  #layout: ColumnLayout;
  #parquet = new ParquetFile();
  #quarantined: QuarantinedRecord[] = [];
  #quarantinedText = 0;
  /** Finished objects that wait to be stored. */
  readonly #pending: { bucket: string; key: string; body: () => Uint8Array | Promise<Uint8Array> }[] = [];
  readonly #stored: { bucket: string; key: string }[] = [];
  #bronzeObjects = 0;
  #quarantineObjects = 0;
  received = 0;
  accepted = 0;
  quarantined = 0;

  constructor(
    contract: Contract,
    file: FileIdentity,
    destination: IntakeDestination,
    limits: IntakeLimits = INTAKE_LIMITS,
  ) {
    this.#limits = limits;
    this.#contract = contract;
    this.#file = file;
    this.#destination = destination;
    this.#batch = new BronzeBatch(contract, limits.rowsPerGroup);
    this.#objects = objectLayout(contract);
    this.#layout = columnLayout(contract, []);
    this.#ingestedAt = file.receivedAt.getTime() * 1000;
  }

  get bronzeObjects(): number {
    return this.#bronzeObjects;
  }

  columns(names: readonly string[]): void {
    this.#names = names;
    this.#layout = columnLayout(this.#contract, names);
    const { missing } = this.#layout;
    if (missing.length > 0) {
      const found = names.join(', ').slice(0, 500);
      const message = `columns are missing: ${missing.join(', ')}; the file has ${found}`;
      throw new FileRefusal('wrong_header', message);
    }
  }

  row(values: readonly unknown[], raw: () => string): void {
    const record = () => Object.fromEntries(this.#names.map((name, at) => [name, values[at]]));
    this.#take(this.#layout.values(values), this.#layout.extra(values), raw, record);
  }

  object(record: JsonRecord, raw: () => string): void {
    this.#take(this.#objects.values(record), this.#objects.extra(record), raw, () => record);
  }

  refuse(problem: Problem, raw: () => string): void {
    this.received++;
    this.#quarantine([problem], raw, undefined);
  }

  async drain(): Promise<void> {
    for (let next = this.#pending.shift(); next; next = this.#pending.shift()) {
      await this.#destination.store.write(next.bucket, next.key, await next.body());
      this.#stored.push({ bucket: next.bucket, key: next.key });
    }
  }

  /** Stores what is left. */
  async finish(): Promise<void> {
    this.#endRowGroup();
    this.#endBronzeObject();
    this.#endQuarantineObject();
    await this.drain();
  }

  /** Takes back what was stored of a file that turned out to be unreadable. */
  async discard(): Promise<void> {
    for (const { bucket, key } of this.#stored) await this.#destination.store.remove(bucket, key);
  }

  #take(values: readonly unknown[], extra: string | null, raw: () => string, record: () => JsonRecord): void {
    this.received++;
    const position = String(this.received);
    const envelope = { eventId: null, position, ingestedAt: this.#ingestedAt, extra };
    const problems = this.#batch.push(values, envelope);
    if (problems.length > 0) {
      this.#quarantine(problems, raw, record());
      return;
    }
    this.accepted++;
    if (this.#batch.isFull) this.#endRowGroup();
  }

  #quarantine(problems: readonly Problem[], raw: () => string, record: JsonRecord | undefined): void {
    this.quarantined++;
    const text = raw();
    this.#quarantined.push({
      road: 'file',
      origin: this.#file.origin,
      position: String(this.received),
      problems,
      raw: replayableText(text, record),
      shown: quarantinedText(this.#contract, text, record),
      eventId: null,
      contractVersion: this.#contract.version,
      receivedAt: BigInt(this.#ingestedAt),
    });
    this.#quarantinedText += text.length;
    const { quarantinedPerObject, quarantinedTextPerObject } = this.#limits;
    const isFull =
      this.#quarantined.length >= quarantinedPerObject || this.#quarantinedText >= quarantinedTextPerObject;
    if (isFull) this.#endQuarantineObject();
  }

  #endRowGroup(): void {
    if (this.#batch.length === 0) return;
    this.#parquet.add(this.#batch.columns(this.#file.origin));
    this.#batch.clear();
    if (this.#parquet.groups >= this.#limits.groupsPerObject) this.#endBronzeObject();
  }

  #endBronzeObject(): void {
    if (this.#parquet.groups === 0) return;
    const key = bronzeKey(this.#contract.source, this.#file.receivedAt, this.#file.id, this.#bronzeObjects);
    const body = this.#parquet.finish();
    this.#pending.push({ bucket: this.#destination.bronze, key, body: () => body });
    this.#parquet = new ParquetFile();
    this.#bronzeObjects++;
  }

  #endQuarantineObject(): void {
    if (this.#quarantined.length === 0) return;
    const key = quarantineKey(this.#contract.source, this.#file.receivedAt, this.#file.id, this.#quarantineObjects);
    const records = this.#quarantined;
    const body = () => quarantineParquet(this.#contract.source, records, this.#destination.rawCipher);
    this.#pending.push({ bucket: this.#destination.quarantine, key, body });
    this.#quarantined = [];
    this.#quarantinedText = 0;
    this.#quarantineObjects++;
  }
}

/** A row whose columns are named elsewhere (CSV, Excel) as JSON by column name; anything else as it stands. */
const replayableText = (text: string, record: JsonRecord | undefined): string =>
  record === undefined || text.startsWith('{') ? text : JSON.stringify(record);
