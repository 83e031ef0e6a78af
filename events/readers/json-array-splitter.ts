import { FileRefusal } from './refusal.ts';
import { MAX_RECORD_BYTES, type Ranges, type Splitter } from './splitter.ts';

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

const skipSpace = (block: Buffer, from: number): number => {
  let at = from;
  while (at < block.length && isSpace(block[at])) at++;
  return at;
};

/**
 * Elements of one JSON array. Only the array is looked into; whether an element is valid JSON shows when it is parsed.
 * A file whose array is broken or does not end was not written to its end, and is refused as a whole.
 */
export class JsonArraySplitter implements Splitter {
  #state: 'before' | 'first' | 'element' | 'after';

  /** @param isWithin whether the first block begins with an element, as it does when reading goes on */
  constructor(isWithin = false) {
    this.#state = isWithin ? 'element' : 'before';
  }

  get isBetweenRecords(): boolean {
    return this.#state === 'element';
  }

  split(block: Buffer, isLast: boolean, ranges: Ranges): number {
    let at = skipSpace(block, 0);
    if (this.#state === 'before' && at < block.length) {
      if (block[at] !== OPEN_ARRAY) throw new FileRefusal('malformed_json', 'the file does not hold a JSON array');
      this.#state = 'first';
      at = skipSpace(block, at + 1);
    }
    while (at < block.length && this.#state !== 'after') {
      const end = endOfElement(block, at);
      if (end < 0) break;
      this.#element(block, at, end, ranges);
      at = skipSpace(block, end + 1);
    }
    this.#checkRest(block, at, isLast);
    return at;
  }

  /** Reports the element that lies before the comma or bracket at `end`. */
  #element(block: Buffer, start: number, end: number, ranges: Ranges): void {
    let textEnd = end;
    while (textEnd > start && isSpace(block[textEnd - 1])) textEnd--;
    const isClosed = block[end] === CLOSE_ARRAY;
    if (textEnd > start) ranges.record(start, textEnd);
    else if (!(isClosed && this.#state === 'first')) {
      throw new FileRefusal(
        'malformed_json',
        'the JSON array has an empty element: two commas in a row, or one at its end',
      );
    }
    this.#state = isClosed ? 'after' : 'element';
  }

  #checkRest(block: Buffer, at: number, isLast: boolean): void {
    if (this.#state === 'after' && at < block.length) {
      throw new FileRefusal('malformed_json', 'something follows the end of the JSON array');
    }
    if (this.#state !== 'after' && isLast) {
      throw new FileRefusal('malformed_json', 'the JSON array does not end: the file is truncated');
    }
    if (block.length - at > MAX_RECORD_BYTES) {
      throw new FileRefusal('line_too_long', 'an element of the JSON array is longer than 1 MiB');
    }
  }
}

/** Where the comma or bracket is that follows the element at `start`; -1 when the block ends before it. */
function endOfElement(block: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < block.length; at++) {
    const byte = block[at];
    if (byte === QUOTE) {
      at = closingQuote(block, at + 1);
      if (at < 0) return -1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (depth === 0 && (byte === COMMA || byte === CLOSE_ARRAY)) return at;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
  }
  return -1;
}

/** The quote that ends a JSON string: the first that an even number of backslashes precedes. */
function closingQuote(block: Buffer, from: number): number {
  for (let quote = block.indexOf(QUOTE, from); quote >= 0; quote = block.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0;
    while (block[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}
