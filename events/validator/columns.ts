import type { FieldType } from '../contracts/field.ts';
import { textOfUnits, type Units } from './decimal.ts';
import { textOfDays, textOfMicros } from './instant.ts';

/** What a Parquet column takes: nulls only in plain arrays. */
export type ColumnData = Int32Array | BigInt64Array | (string | number | bigint | boolean | null)[];

/** A value of a row as the `Row` of its contract has it. */
export type Value = string | number | bigint | boolean | null;

/** One column of a batch of rows, of fixed capacity; a row is written over until the batch moves on. */
interface ColumnOf<T> {
  set(row: number, value: T): void;
  setNull(row: number): void;
  at(row: number): Value;
  /** The first `length` rows. */
  data(length: number): ColumnData;
}

export class TextColumn implements ColumnOf<string> {
  readonly #values: (string | null)[];

  constructor(capacity: number) {
    this.#values = new Array<string | null>(capacity).fill(null);
  }

  set(row: number, value: string): void {
    this.#values[row] = value;
  }

  setNull(row: number): void {
    this.#values[row] = null;
  }

  at(row: number): string | null {
    return this.#values[row] ?? null;
  }

  texts(length: number): (string | null)[] {
    return this.#values.slice(0, length);
  }

  data(length: number): ColumnData {
    return this.texts(length);
  }
}

export class BooleanColumn implements ColumnOf<boolean> {
  readonly #values: (boolean | null)[];

  constructor(capacity: number) {
    this.#values = new Array<boolean | null>(capacity).fill(null);
  }

  set(row: number, value: boolean): void {
    this.#values[row] = value;
  }

  setNull(row: number): void {
    this.#values[row] = null;
  }

  at(row: number): boolean | null {
    return this.#values[row] ?? null;
  }

  data(length: number): ColumnData {
    return this.#values.slice(0, length);
  }
}

/** Integers and dates (days since 1970). */
export class Int32Column implements ColumnOf<number> {
  readonly #values: Int32Array;
  readonly #present: Uint8Array;
  readonly #toValue: (stored: number) => Value;

  constructor(capacity: number, toValue: (stored: number) => Value) {
    this.#values = new Int32Array(capacity);
    this.#present = new Uint8Array(capacity);
    this.#toValue = toValue;
  }

  set(row: number, value: number): void {
    this.#values[row] = value;
    this.#present[row] = 1;
  }

  setNull(row: number): void {
    this.#present[row] = 0;
  }

  at(row: number): Value {
    return this.#present[row] ? this.#toValue(this.#values[row] ?? 0) : null;
  }

  data(length: number): ColumnData {
    const values = this.#values.subarray(0, length);
    return this.#present.subarray(0, length).includes(0)
      ? Array.from(values, (value, row) => (this.#present[row] ? value : null))
      : values;
  }
}

/** Big integers, decimals (units) and timestamps (microseconds). */
export class Int64Column implements ColumnOf<Units> {
  readonly #values: BigInt64Array<ArrayBuffer>;
  /** The same memory as halves, low first: writing these spares a bigint per value. */
  readonly #halves: Int32Array;
  readonly #present: Uint8Array;
  readonly #toValue: (stored: bigint) => Value;

  constructor(capacity: number, toValue: (stored: bigint) => Value) {
    this.#values = new BigInt64Array(capacity);
    this.#halves = new Int32Array(this.#values.buffer);
    this.#present = new Uint8Array(capacity);
    this.#toValue = toValue;
  }

  set(row: number, value: Units): void {
    if (typeof value === 'number') {
      // Storing into an Int32Array takes a whole number modulo 2^32.
      this.#halves[2 * row] = value;
      this.#halves[2 * row + 1] = Math.floor(value / 2 ** 32);
    } else {
      this.#values[row] = value;
    }
    this.#present[row] = 1;
  }

  setNull(row: number): void {
    this.#present[row] = 0;
  }

  at(row: number): Value {
    return this.#present[row] ? this.#toValue(this.#values[row] ?? 0n) : null;
  }

  data(length: number): ColumnData {
    const values = this.#values.subarray(0, length);
    return this.#present.subarray(0, length).includes(0)
      ? Array.from(values, (value, row) => (this.#present[row] ? value : null))
      : values;
  }
}

export type Column = TextColumn | BooleanColumn | Int32Column | Int64Column;

/** An empty column that holds values of the type. */
export function columnFor(type: FieldType, capacity: number): Column {
  switch (type.kind) {
    case 'string':
      return new TextColumn(capacity);
    case 'boolean':
      return new BooleanColumn(capacity);
    case 'integer':
      return new Int32Column(capacity, (value) => value);
    case 'date':
      return new Int32Column(capacity, textOfDays);
    case 'bigint':
      return new Int64Column(capacity, (value) => value);
    case 'decimal':
      return new Int64Column(capacity, (units) => textOfUnits(units, type.scale));
    case 'timestamp':
      return new Int64Column(capacity, textOfMicros);
  }
}
