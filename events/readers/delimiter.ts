import { MAX_RECORD_BYTES } from './splitter.ts';

/** What parts the fields of a CSV file, in the order of preference where a header has as many of one as of another. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export const DELIMITER_NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'a comma',
  ';': 'a semicolon',
  '\t': 'a tab',
  '|': 'a vertical bar',
};

const QUOTE = 34;
const LF = 10;
const CR = 13;

/**
 * The delimiter that a header uses most, outside of quotes.
 *
 * @param block the beginning of the file
 * @param isLast whether that is all of it
 * @returns undefined when the block ends before the header does
 */
export function detectDelimiter(block: Buffer, isLast: boolean): Delimiter | undefined {
  const counts = new Map<number, number>(DELIMITERS.map((delimiter) => [delimiter.charCodeAt(0), 0]));
  let isQuoted = false;
  let isBlank = true;
  for (const byte of block.subarray(0, MAX_RECORD_BYTES)) {
    if (byte === QUOTE) isQuoted = !isQuoted;
    if (byte === LF && !isQuoted && !isBlank) return mostUsed(counts);
    if (byte !== LF && byte !== CR) isBlank = false;
    const count = counts.get(byte);
    if (count !== undefined && !isQuoted) counts.set(byte, count + 1);
  }
  return isLast || block.length > MAX_RECORD_BYTES ? mostUsed(counts) : undefined;
}

const mostUsed = (counts: ReadonlyMap<number, number>): Delimiter => {
  const countOf = (delimiter: Delimiter) => counts.get(delimiter.charCodeAt(0)) ?? 0;
  return DELIMITERS.reduce((best, delimiter) => (countOf(delimiter) > countOf(best) ? delimiter : best));
};
