import type { Contract } from '../../events/contracts/contract.ts';
import { hasPersonalFields } from '../../events/contracts/personal.ts';
import { bronzeKey, quarantineKey } from '../../events/intake/keys.ts';
import { ParquetFile } from '../../events/intake/parquet.ts';
import { type QuarantinedRecord, quarantineParquet } from '../../events/intake/quarantine.ts';
import { rawCipher } from '../../events/intake/raw-cipher.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';

/** How much is gathered before it is written. */
export interface IntakeLimits {
  /** Large enough for compression, small enough for memory. */
  readonly rowsPerGroup: number;
  /** Characters of a row group's records, about. */
  readonly textPerGroup: number;
  readonly groupsPerObject: number;
  /** Records of a quarantine object, and characters of their raw text. */
  readonly quarantinedPerObject: number;
  readonly quarantinedTextPerObject: number;
}

export const INTAKE_LIMITS: IntakeLimits = {
  rowsPerGroup: 65_536,
  textPerGroup: 32 * 1024 * 1024,
  groupsPerObject: 8,
  quarantinedPerObject: 50_000,
  quarantinedTextPerObject: 16 * 1024 * 1024,
};

/** Ciphertexts and tokens make a row several times as large, and nothing compresses them. */
const PERSONAL_LIMITS: IntakeLimits = { ...INTAKE_LIMITS, rowsPerGroup: 16_384 };

export const limitsOf = (contract: Contract): IntakeLimits =>
  hasPersonalFields(contract) ? PERSONAL_LIMITS : INTAKE_LIMITS;

export interface FileIdentity {
  /** Deterministic name of this version of the file. */
  readonly id: string;
  readonly origin: string;
  readonly receivedAt: Date;
}

/**
 * Records of a file that follow one another, and become at most one object each of bronze and quarantine. Where a segment
 * ends depends on nothing but the records, so that whoever takes the same file in writes the same objects.
 */
export class Segment {
  readonly number: number;
  readonly #limits: IntakeLimits;
  /** Row groups that are closed; the Parquet file has them a little later. */
  groups = 0;
  readonly bronze = new ParquetFile();
  readonly #quarantined: QuarantinedRecord[] = [];
  #quarantinedText = 0;

  constructor(number: number, limits: IntakeLimits) {
    this.number = number;
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.groups === 0 && this.#quarantined.length === 0;
  }

  get isFull(): boolean {
    const { groupsPerObject, quarantinedPerObject, quarantinedTextPerObject } = this.#limits;
    return (
      this.groups >= groupsPerObject ||
      this.#quarantined.length >= quarantinedPerObject ||
      this.#quarantinedText >= quarantinedTextPerObject
    );
  }

  quarantine(record: QuarantinedRecord): void {
    this.#quarantined.push(record);
    this.#quarantinedText += record.raw.length;
  }

  async store({ source }: Contract, { receivedAt, id }: FileIdentity, destination: IntakeDestination): Promise<void> {
    const { store } = destination;
    if (this.bronze.groups > 0) {
      await store.write(destination.bronze, bronzeKey(source, receivedAt, id, this.number), this.bronze.finish());
    }
    if (this.#quarantined.length > 0) {
      const body = await quarantineParquet(source, receivedAt, this.#quarantined, rawCipher(destination.keys));
      await store.write(destination.quarantine, quarantineKey(source, receivedAt, id, this.number), body);
    }
  }
}
