import type { JsonRecord } from '../validator/layout.ts';
import type { Problem } from '../validator/problem.ts';

/**
 * Takes the records of one file in their order. `raw` gives a record as it stands in the file, and is called only for
 * refused records.
 */
export interface RecordSink {
  /** The names of the columns of all following rows. Throws a `FileRefusal` when they cannot be what the source sends. */
  columns(names: readonly string[]): void;
  row(values: readonly unknown[], raw: () => string): void;
  object(record: JsonRecord, raw: () => string): void;
  refuse(problem: Problem, raw: () => string): void;
  /** Waits until what has piled up is stored; readers call it after each block of records. */
  drain(): Promise<void>;
}
