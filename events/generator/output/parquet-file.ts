import { type ParquetColumn, ParquetFile } from '../../intake/parquet.ts';
import type { JsonRecord } from '../../validator/layout.ts';
import type { RowBatch } from '../../validator/row-batch.ts';
import type { OutputFile, WrittenBytes } from './output-file.ts';
import type { RecordFile } from './record-file.ts';

/** A file with the contract's types. */
export class TypedParquetFile {
  readonly #file: OutputFile;
  readonly #parquet = new ParquetFile();

  constructor(file: OutputFile) {
    this.#file = file;
  }

  /** Adds all rows as a group. */
  add(rows: RowBatch): void {
    if (rows.length === 0) return;
    this.#parquet.add(
      Object.entries(rows.contract.fields).map(([name, { type }]) => ({ name, type, data: rows.data(name) })),
    );
  }

  finish(): Promise<WrittenBytes> {
    this.#file.binary(this.#parquet.finish());
    return this.#file.finish();
  }
}

/** A file with columns of text only: for records whose values do not fit the types of their columns. */
export class TextParquetFile implements RecordFile {
  readonly #file: OutputFile;
  readonly #columns: readonly string[];
  readonly #rows: (readonly unknown[])[] = [];

  constructor(file: OutputFile, columns: readonly string[]) {
    this.#file = file;
    this.#columns = columns;
  }

  add(_: JsonRecord, values: readonly unknown[]): void {
    this.#rows.push(values);
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  finish(): Promise<WrittenBytes> {
    const parquet = new ParquetFile();
    parquet.add(this.#columns.map((name, at) => textColumn(name, this.#rows, at)));
    this.#file.binary(parquet.finish());
    return this.#file.finish();
  }
}

function textColumn(name: string, rows: readonly (readonly unknown[])[], at: number): ParquetColumn {
  const data = rows.map((row) => (row[at] === null || row[at] === undefined ? null : String(row[at])));
  return { name, type: { kind: 'string' }, data };
}
