import type { JsonRecord } from '../validator/layout.ts';
import type { Problem } from '../validator/problem.ts';
import type { Delimiter } from './delimiter.ts';

/** A place between two records, from which another call can read on. Plain JSON. */
export interface ResumePoint {
  /** Bytes of a text file, or rows of a Parquet file, that lie before it. */
  readonly offset: number;
  /** What the header of a CSV file has said. */
  readonly header?: CsvHeader;
}

export interface CsvHeader {
  readonly delimiter: Delimiter;
  readonly names: readonly string[];
}

/**
 * Takes the records of one file in their order: rows of columns, or objects. `raw` gives a record as it stands in the file,
 * and is called only for refused records; `size` is about how many characters it has.
 */
export interface RecordSink {
  /** The names of the columns of all following rows. Throws a `FileRefusal` when they cannot be what the source sends. */
  columns(names: readonly string[]): void;
  row(values: readonly unknown[], size: number): void;
  object(record: JsonRecord, raw: () => string, size: number): void;
  refuse(problem: Problem, raw: () => string): void;
  /**
   * Waits until what has piled up is stored; readers call it after each block of records.
   *
   * @param next where the next record begins; undefined where the file can only be read from its beginning
   */
  drain(next?: ResumePoint): Promise<void>;
}
