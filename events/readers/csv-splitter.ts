import type { Problem } from '../validator/problem.ts';
import { type Delimiter, detectDelimiter } from './delimiter.ts';
import {
  CR,
  LF,
  LineSplitter,
  lineTextEnd,
  MAX_RECORD_BYTES,
  type Ranges,
  type Splitter,
  TOO_LONG,
} from './splitter.ts';

const QUOTE = 34;

const MALFORMED: Problem = {
  code: 'malformed_quotes',
  message: 'a quoted field does not end with a quote before the next delimiter or line end',
};

type QuotedRecord =
  | { readonly kind: 'complete'; readonly lineFeed: number }
  | { readonly kind: 'malformed' }
  /** The block ends before the record does. */
  | { readonly kind: 'unfinished' };

/**
 * CSV records (RFC 4180): lines, save that a quoted field may hold line feeds. A record with broken quotes is refused
 * up to the end of its first line, and reading goes on with the next. Where no delimiter is given, it is the one that
 * the header uses.
 */
export class CsvSplitter implements Splitter {
  readonly #lines = new LineSplitter();
  #delimiter: Delimiter | undefined;

  constructor(delimiter: Delimiter | undefined) {
    this.#delimiter = delimiter;
  }

  /** A comma as long as nothing has been read. */
  get delimiter(): Delimiter {
    return this.#delimiter ?? ',';
  }

  get isBetweenRecords(): boolean {
    return this.#lines.isBetweenRecords;
  }

  split(block: Buffer, isLast: boolean, ranges: Ranges): number {
    this.#delimiter ??= detectDelimiter(block, isLast);
    if (this.#delimiter === undefined) return 0;
    let start = this.#lines.resume(block);
    while (start < block.length) {
      const quote = block.indexOf(QUOTE, start);
      const plainEnd = quote < 0 ? block.length : block.lastIndexOf(LF, quote) + 1;
      if (plainEnd > start) {
        const used = this.#lines.split(block.subarray(start, plainEnd), isLast && quote < 0, shifted(ranges, start));
        if (quote < 0) return start + used;
        start = plainEnd;
      }
      const next = this.#quotedRecord(block, start, isLast, ranges);
      if (next === undefined) return start;
      start = next;
    }
    return block.length;
  }

  /** Reports the record with quotes at `start`; where the next begins, or undefined when the block is too short to tell. */
  #quotedRecord(block: Buffer, start: number, isLast: boolean, ranges: Ranges): number | undefined {
    const record = endOfQuotedRecord(block, start, isLast, this.delimiter.charCodeAt(0));
    if (record.kind === 'complete') {
      const end = lineTextEnd(block, start, record.lineFeed);
      if (end - start > MAX_RECORD_BYTES) ranges.refuse(start, end, TOO_LONG);
      else ranges.record(start, end);
      return record.lineFeed + 1;
    }
    const lineFeed = block.indexOf(LF, start);
    const lineEnd = lineFeed < 0 ? block.length : lineFeed;
    if (lineEnd - start > MAX_RECORD_BYTES) {
      return start + this.#lines.split(block.subarray(start, lineEnd + 1), isLast, shifted(ranges, start));
    }
    const mayGoOn = record.kind === 'unfinished' ? block.length - start <= MAX_RECORD_BYTES : lineFeed < 0;
    if (mayGoOn && !isLast) return undefined;
    ranges.refuse(start, lineTextEnd(block, start, lineEnd), MALFORMED);
    return lineEnd + 1;
  }
}

const shifted = (ranges: Ranges, by: number): Ranges => ({
  record: (start, end) => ranges.record(start + by, end + by),
  refuse: (start, end, problem) => ranges.refuse(start + by, end + by, problem),
});

/** Walks the fields of the record at `start` to the line feed (or the end of the file) that ends it. */
function endOfQuotedRecord(block: Buffer, start: number, isLast: boolean, delimiter: number): QuotedRecord {
  let at = start;
  for (;;) {
    if (block[at] === QUOTE) {
      const close = closingQuote(block, at + 1);
      if (close < 0) return isLast ? { kind: 'malformed' } : { kind: 'unfinished' };
      at = close + 1;
      if (block[at] === CR && (at + 1 === block.length || block[at + 1] === LF)) at++;
      if (at >= block.length) return isLast ? { kind: 'complete', lineFeed: at } : { kind: 'unfinished' };
      if (block[at] !== delimiter && block[at] !== LF) return { kind: 'malformed' };
    } else {
      while (at < block.length && block[at] !== delimiter && block[at] !== LF) at++;
      if (at >= block.length) return isLast ? { kind: 'complete', lineFeed: at } : { kind: 'unfinished' };
    }
    if (block[at] === LF) return { kind: 'complete', lineFeed: at };
    at++;
  }
}

/** The quote that ends a quoted field; two in a row stand for one. */
function closingQuote(block: Buffer, from: number): number {
  let quote = block.indexOf(QUOTE, from);
  while (quote >= 0 && block[quote + 1] === QUOTE) quote = block.indexOf(QUOTE, quote + 2);
  return quote;
}
