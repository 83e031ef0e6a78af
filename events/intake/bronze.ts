import type { Contract } from '../contracts/contract.ts';
import { ENVELOPE, type EnvelopeName } from '../contracts/envelope.ts';
import { bronzeColumns, hasPersonalFields } from '../contracts/personal.ts';
import { type ProtectedRows, protectRows } from '../privacy/protect-rows.ts';
import type { PersonalKeys } from '../privacy/subject-key.ts';
import { type ColumnData, Int64Column, TextColumn } from '../validator/columns.ts';
import type { Units } from '../validator/decimal.ts';
import { textOfMicros } from '../validator/instant.ts';
import type { Problem } from '../validator/problem.ts';
import { RowBatch } from '../validator/row-batch.ts';
import type { ParquetColumn } from './parquet.ts';

const ENCRYPTED_NAME = /_(?:encrypted|redacted)$/;
const DISTINCT: ReadonlySet<EnvelopeName> = new Set(['_event_id', '_position', '_extra']);

/** What is known of a record beside its fields. */
export interface Envelope {
  readonly eventId: string | null;
  readonly position: string;
  /** Microseconds since 1970 in UTC. */
  readonly ingestedAt: Units;
  readonly extra: string | null;
}

/** Rows of a bronze table: what a contract accepted, with its envelope. */
export class BronzeBatch {
  readonly #rows: RowBatch;
  readonly #eventIds: TextColumn;
  readonly #positions: TextColumn;
  readonly #ingestedAt: Int64Column;
  readonly #extras: TextColumn;

  constructor(contract: Contract, capacity: number) {
    this.#rows = new RowBatch(contract, capacity);
    this.#eventIds = new TextColumn(capacity);
    this.#positions = new TextColumn(capacity);
    this.#ingestedAt = new Int64Column(capacity, textOfMicros);
    this.#extras = new TextColumn(capacity);
  }

  get length(): number {
    return this.#rows.length;
  }

  get isFull(): boolean {
    return this.#rows.isFull;
  }

  /** Keeps the record when its contract accepts it; the problems otherwise. */
  push(values: readonly unknown[], envelope: Envelope): readonly Problem[] {
    const row = this.#rows.length;
    const problems = this.#rows.push(values);
    if (problems.length > 0) return problems;
    this.#positions.set(row, envelope.position);
    this.#ingestedAt.set(row, envelope.ingestedAt);
    setOrNull(this.#eventIds, row, envelope.eventId);
    setOrNull(this.#extras, row, envelope.extra);
    return problems;
  }

  /** The columns of the bronze table, personal values protected. */
  async columns(origin: string, keys: PersonalKeys): Promise<ParquetColumn[]> {
    const { contract, length } = this.#rows;
    const safe = await this.#protected(keys);
    const fields = bronzeColumns(contract).map(({ name, type }) => ({
      name,
      type,
      data: safe.columns.get(name) ?? this.#rows.data(name),
      isDistinct: ENCRYPTED_NAME.test(name),
    }));
    const envelope: Readonly<Record<EnvelopeName, ColumnData>> = {
      _event_id: safe.eventIds,
      _event_time: this.#rows.data(contract.eventTimeColumn),
      _ingested_at: this.#ingestedAt.data(length),
      _origin: new Array<string>(length).fill(origin),
      _position: this.#positions.data(length),
      _contract_version: new Int32Array(length).fill(contract.version),
      _subject: safe.subjects,
      _extra: safe.extras,
    };
    return [
      ...fields,
      ...ENVELOPE.map(({ name, type }) => ({
        name,
        type,
        data: envelope[name],
        isDistinct: DISTINCT.has(name),
      })),
    ];
  }

  async #protected(keys: PersonalKeys): Promise<ProtectedRows> {
    const { contract, length } = this.#rows;
    const texts = { extras: this.#extras.texts(length), eventIds: this.#eventIds.texts(length) };
    if (hasPersonalFields(contract)) return protectRows(this.#rows, texts, keys);
    return { columns: new Map(), subjects: new Array<null>(length).fill(null), ...texts };
  }

  clear(): void {
    this.#rows.clear();
  }
}

function setOrNull(column: TextColumn, row: number, value: string | null): void {
  if (value === null) column.setNull(row);
  else column.set(row, value);
}
