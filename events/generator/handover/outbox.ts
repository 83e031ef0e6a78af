import { contracts } from '../../contracts/index.ts';
import type { JsonRecord } from '../../validator/layout.ts';
import type { Defect, DefectRates } from '../defects.ts';
import type { Emission, TruthTable } from '../emission.ts';
import { SourceOutbox } from './source-outbox.ts';

/** So many records of a source are collected before they are handed over; bounds the memory. */
const BATCH = 5000;

/** What is loaded from reference data is not made up. */
const REFERENCE = ['countries', 'exchange_rates', 'holidays'];

export const GENERATED_SOURCES = contracts.map(({ source }) => source).filter((source) => !REFERENCE.includes(source));

interface Setting {
  readonly seed: number;
  readonly rates: DefectRates;
  readonly lastDay: number;
}

/** Collects what all sources are to hand over, and the truth. */
export class Outbox {
  /** Day that is handed over, counted from 1970. */
  day = 0;
  readonly rates: DefectRates;
  readonly #sources: ReadonlyMap<string, SourceOutbox>;
  readonly #truth = new Map<TruthTable, JsonRecord[]>();

  constructor({ seed, rates, lastDay }: Setting) {
    this.rates = rates;
    const onDefect = (source: string, key: string, defect: Defect) => this.defect(source, key, defect);
    this.#sources = new Map(
      contracts
        .filter(({ source }) => GENERATED_SOURCES.includes(source))
        .map((contract, index) => [
          contract.source,
          new SourceOutbox(contract, { seed, index, rates, lastDay, onDefect }),
        ]),
    );
  }

  /** The box of a source. */
  source(name: string): SourceOutbox {
    return this.#sources.get(name) as SourceOutbox;
  }

  push(source: string, record: JsonRecord): void {
    this.source(source).push(record, this.day);
  }

  pushNewer(source: string, record: JsonRecord): void {
    this.source(source).pushNewer(record, this.day);
  }

  truth(table: TruthTable, row: JsonRecord): void {
    const rows = this.#truth.get(table);
    if (rows) rows.push(row);
    else this.#truth.set(table, [row]);
  }

  /** Notes a defect that a record has, by the record's key. */
  defect(source: string, key: string, defect: Defect): void {
    this.truth('defects', { source, key, defect });
  }

  beginDay(day: number): void {
    this.day = day;
    for (const box of this.#sources.values()) box.beginDay(day);
  }

  /** Hands over the sources that have collected enough. */
  *full(): Generator<Emission> {
    yield* this.#handOver(BATCH);
  }

  /** Hands over everything. */
  *all(): Generator<Emission> {
    yield* this.#handOver(1);
  }

  *#handOver(least: number): Generator<Emission> {
    for (const box of this.#sources.values()) if (box.length >= least) yield box.handOver(this.day);
    for (const [table, rows] of this.#truth) {
      if (rows.length < least) continue;
      this.#truth.delete(table);
      yield { kind: 'truth', table, rows };
    }
  }
}
