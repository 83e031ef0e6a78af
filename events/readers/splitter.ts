import type { Problem } from '../validator/problem.ts';

/** The longest record that is read: longer ones are refused, so that memory stays bounded whatever a file holds. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Receives the records of a block as byte ranges, without line ends. */
export interface Ranges {
  record(start: number, end: number): void;
  refuse(start: number, end: number, problem: Problem): void;
}

/**
 * Finds records in bytes. UTF-8 never uses an ASCII byte within another character, so that structure can be found
 * before text is decoded.
 */
export interface Splitter {
  /**
   * Reports the complete records of a block.
   *
   * @param isLast whether the file ends with the block
   * @returns how many bytes are dealt with; the next block begins with the rest
   */
  split(block: Buffer, isLast: boolean, ranges: Ranges): number;
  /** Whether reading can go on, with a new splitter, from the end of what is dealt with. */
  readonly isBetweenRecords: boolean;
}

export const TOO_LONG: Problem = { code: 'line_too_long', message: 'the record is longer than 1 MiB' };

export const LF = 10;
export const CR = 13;

/** The end of a line's text, given where its line feed is. */
export const lineTextEnd = (block: Buffer, start: number, lineFeed: number): number =>
  lineFeed > start && block[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;

/** Records that are lines. Blank lines are no records. */
export class LineSplitter implements Splitter {
  /** Whether the block begins within a line that was refused for its length. */
  #isWithinRefused = false;

  get isBetweenRecords(): boolean {
    return !this.#isWithinRefused;
  }

  /** Where the first line begins that is not the rest of a refused one. */
  resume(block: Buffer): number {
    if (!this.#isWithinRefused) return 0;
    const lineFeed = block.indexOf(LF);
    this.#isWithinRefused = lineFeed < 0;
    return lineFeed < 0 ? block.length : lineFeed + 1;
  }

  split(block: Buffer, isLast: boolean, ranges: Ranges): number {
    let start = this.resume(block);
    while (start < block.length) {
      const lineFeed = block.indexOf(LF, start);
      if (lineFeed < 0 && !isLast) return this.#unfinished(block, start, ranges);
      const next = lineFeed < 0 ? block.length : lineFeed;
      const end = lineTextEnd(block, start, next);
      if (end - start > MAX_RECORD_BYTES) ranges.refuse(start, end, TOO_LONG);
      else if (end > start) ranges.record(start, end);
      start = next + 1;
    }
    return block.length;
  }

  /** Keeps a line without an end for the next block, unless it is too long already. */
  #unfinished(block: Buffer, start: number, ranges: Ranges): number {
    if (block.length - start <= MAX_RECORD_BYTES) return start;
    ranges.refuse(start, block.length, TOO_LONG);
    this.#isWithinRefused = true;
    return block.length;
  }
}
