import type { Contract } from '../../contracts/contract.ts';
import { hasPersonalFields } from '../../contracts/personal.ts';
import type { JsonRecord } from '../../validator/layout.ts';
import type { Defect, DefectRates } from '../defects.ts';
import type { Handover } from '../emission.ts';
import { geometric, Weighted } from '../random/distributions.ts';
import { Random, STREAM } from '../random/random.ts';
import { dayText } from '../time.ts';
import { spoiled, spoilersOf } from './spoil.ts';

/** Defects of the handing over, which any record may suffer; those of what is handed over arise where it does. */
const HANDOVER_DEFECTS = ['duplicate', 'late', 'invalid_field', 'unknown_column'] as const satisfies readonly Defect[];

/** Longest delay of late records. */
const MOST_DAYS_LATE = 7;

export type DefectSink = (source: string, key: string, defect: Defect) => void;

interface Setting {
  readonly seed: number;
  /** Of the source among all. */
  readonly index: number;
  readonly rates: DefectRates;
  readonly lastDay: number;
  readonly onDefect: DefectSink;
}

/** Collects the records of one source until they are handed over, and makes the mistakes that handing over brings. */
export class SourceOutbox {
  readonly contract: Contract;
  readonly #setting: Setting;
  readonly #random: Random;
  readonly #spoilers;
  readonly #kinds: readonly (typeof HANDOVER_DEFECTS)[number][];
  readonly #kindDraw: Weighted;
  readonly #late = new Map<number, JsonRecord[]>();
  #untilDefect: number;
  #records: JsonRecord[] = [];
  #again: JsonRecord[] = [];
  #refused = 0;

  constructor(contract: Contract, setting: Setting) {
    this.contract = contract;
    this.#setting = setting;
    this.#random = new Random(setting.seed).at(STREAM.defect, setting.index);
    this.#spoilers = spoilersOf(contract);
    this.#kinds = HANDOVER_DEFECTS.filter((kind) => kind !== 'late' || contract.transport.stream !== undefined);
    this.#kindDraw = new Weighted(this.#kinds.map((kind) => setting.rates[kind]));
    this.#untilDefect = geometric(this.#random, this.#kindDraw.total);
  }

  get length(): number {
    return this.#records.length;
  }

  push(record: JsonRecord, day: number): void {
    if (this.#untilDefect-- > 0) {
      this.#records.push(record);
      return;
    }
    this.#untilDefect = geometric(this.#random, this.#kindDraw.total);
    this.#pushWith(this.#drawKind(), record, day);
  }

  /** Like `push`, of a version that is newer than the record before: sometimes it is handed over before that one. */
  pushNewer(record: JsonRecord, day: number): void {
    const before = this.#records.at(-1);
    const isSame = before !== undefined && this.#keyOf(before) === this.#keyOf(record);
    if (!(isSame && this.#random.chance(this.#setting.rates.out_of_order))) {
      this.push(record, day);
      return;
    }
    this.#records.splice(-1, 1, record, before);
    this.#tell('out_of_order', record);
  }

  /** Puts what was held back until this day with the rest. */
  beginDay(day: number): void {
    this.#records.push(...(this.#late.get(day) ?? []));
    this.#late.delete(day);
  }

  /** Hands over what has been collected. */
  handOver(day: number): Handover {
    const emission: Handover = {
      kind: 'records',
      source: this.contract.source,
      day: dayText(day),
      records: this.#records.concat(this.#again),
      refused: this.#refused,
      duplicates: this.#again.length,
    };
    this.#records = [];
    this.#again = [];
    this.#refused = 0;
    return emission;
  }

  #drawKind(): (typeof HANDOVER_DEFECTS)[number] {
    return this.#kinds[this.#kindDraw.draw(this.#random)] ?? 'duplicate';
  }

  #pushWith(kind: (typeof HANDOVER_DEFECTS)[number], record: JsonRecord, day: number): void {
    switch (kind) {
      case 'duplicate':
        this.#records.push(record);
        this.#again.push(record);
        break;
      case 'invalid_field':
        this.#records.push(spoiled(record, this.#spoilers, this.#random), record);
        this.#refused++;
        break;
      case 'unknown_column':
        this.#records.push({ ...record, ...this.#unknownField(record) });
        break;
      case 'late':
        if (!this.#holdBack(record, day)) return;
    }
    this.#tell(kind, record);
  }

  /** @returns whether there are days left on which it can arrive; it is handed over at once if not */
  #holdBack(record: JsonRecord, day: number): boolean {
    const arrival = day + this.#random.between(1, MOST_DAYS_LATE);
    if (arrival > this.#setting.lastDay) {
      this.#records.push(record);
      return false;
    }
    const held = this.#late.get(arrival);
    if (held) held.push(record);
    else this.#late.set(arrival, [record]);
    return true;
  }

  /** Where a source has personal data, its unknown fields may well be personal too. */
  #unknownField(record: JsonRecord): JsonRecord {
    if (!hasPersonalFields(this.contract)) return { legacy_code: `L${this.#random.below(1000)}` };
    return { secondary_email: `${record.email ?? 'second@mail.example'}` };
  }

  #keyOf(record: JsonRecord): string {
    return this.contract.key.map((name) => record[name]).join('/');
  }

  #tell(kind: Defect, record: JsonRecord): void {
    this.#setting.onDefect(this.contract.source, this.#keyOf(record), kind);
  }
}
