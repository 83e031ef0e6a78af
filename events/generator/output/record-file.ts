import type { JsonRecord } from '../../validator/layout.ts';
import type { OutputFile, WrittenBytes } from './output-file.ts';
import type { TextFormat } from './text-format.ts';

/** A file of records with the same columns. */
export interface RecordFile {
  /** @param values those of the record, in the order of the columns */
  add(record: JsonRecord, values: readonly unknown[]): void;
  /** Resolves when more can be added without piling it up. */
  drain(): Promise<void>;
  finish(): Promise<WrittenBytes>;
}

export class TextRecordFile implements RecordFile {
  readonly #file: OutputFile;
  readonly #format: TextFormat;
  #isFirst = true;

  constructor(file: OutputFile, format: TextFormat, columns: readonly string[]) {
    this.#file = file;
    this.#format = format;
    file.text(format.head(columns));
  }

  add(record: JsonRecord, values: readonly unknown[]): void {
    if (!this.#isFirst && this.#format.separator !== '') this.#file.text(this.#format.separator);
    this.#isFirst = false;
    this.#file.text(this.#format.record(record, values));
  }

  drain(): Promise<void> {
    return this.#file.drain();
  }

  finish(): Promise<WrittenBytes> {
    this.#file.text(this.#format.tail);
    return this.#file.finish();
  }
}
