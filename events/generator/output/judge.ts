import { TributaryError } from '../../../common/errors.ts';
import type { Contract } from '../../contracts/contract.ts';
import { type ColumnLayout, columnLayout, type JsonRecord } from '../../validator/layout.ts';
import { RowBatch } from '../../validator/row-batch.ts';
import type { Handover } from '../emission.ts';
import type { Tally } from './tally.ts';

/** A record as it is written, and what its contract says of it. */
export interface JudgedRecord {
  readonly record: JsonRecord;
  readonly values: readonly unknown[];
  readonly isAccepted: boolean;
  /** Whether it has columns that its contract does not know. */
  readonly isExtended: boolean;
}

/** Extended records are few. */
const EXTENDED_CAPACITY = 64;

/** Tells by the contract itself what ingestion will accept, adds that up, and keeps it by column for a while. */
export class Judge {
  readonly #contract: Contract;
  readonly #tally: Tally;
  readonly #rows: RowBatch;
  readonly #extended: RowBatch;
  readonly #onFull: (rows: RowBatch) => void;
  #columns: readonly string[] = [];
  #layout: ColumnLayout | undefined;

  /** @param onFull takes the accepted rows that are not extended before they are forgotten */
  constructor(contract: Contract, tally: Tally, capacity: number, onFull: (rows: RowBatch) => void = () => {}) {
    this.#contract = contract;
    this.#tally = tally;
    this.#rows = new RowBatch(contract, capacity);
    this.#extended = new RowBatch(contract, EXTENDED_CAPACITY);
    this.#onFull = onFull;
  }

  /** Throws `wrong_refusals` when the contract refuses more or fewer of them than the generator says. */
  *judge({ records, refused, day }: Handover): Generator<JudgedRecord> {
    let found = 0;
    for (const record of records) {
      const judged = this.#judgeOne(record);
      if (!judged.isAccepted) found++;
      yield judged;
    }
    if (found === refused) return;
    throw new TributaryError({
      code: 'wrong_refusals',
      message: `the contract refuses ${found} records of ${day} where the generator says ${refused}`,
      where: this.#contract.source,
    });
  }

  /** Hands over what is kept. */
  flush(): void {
    this.#onFull(this.#rows);
    for (const rows of [this.#rows, this.#extended]) {
      this.#tally.add(rows);
      rows.clear();
    }
  }

  #judgeOne(record: JsonRecord): JudgedRecord {
    if (this.#rows.isFull || this.#extended.isFull) this.flush();
    const values = Object.values(record);
    const isExtended = this.#isExtended(record, values.length);
    const layout = isExtended ? columnLayout(this.#contract, Object.keys(record)) : this.#layoutOf(record);
    const rows = isExtended ? this.#extended : this.#rows;
    const isAccepted = rows.push(layout.values(values)).length === 0;
    return { record, values, isAccepted, isExtended };
  }

  #layoutOf(record: JsonRecord): ColumnLayout {
    if (this.#layout) return this.#layout;
    this.#columns = Object.keys(record);
    this.#layout = columnLayout(this.#contract, this.#columns);
    return this.#layout;
  }

  #isExtended(record: JsonRecord, count: number): boolean {
    if (this.#layout) return count !== this.#columns.length;
    return Object.keys(record).some((name) => this.#contract.fields[name] === undefined);
  }
}
