import { isUtf8 } from 'node:buffer';

/** Encrypts refused records, which may hold anything, and gives them back. Equal texts of a source give equal results. */
export interface RawCipher {
  seal(source: string, texts: readonly string[]): Promise<readonly string[]>;
  /** Throws where a text was not sealed for this source. */
  open(source: string, sealed: readonly string[]): Promise<readonly string[]>;
}

/** How bytes that are no text begin: no record in CSV or JSON does. */
const BYTES = 'data:application/octet-stream;base64,';

/** A record as one text, from which `rawBytes` makes the same bytes again. */
export const rawText = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : `${BYTES}${bytes.toString('base64')}`;

export const rawBytes = (text: string): Buffer =>
  text.startsWith(BYTES) ? Buffer.from(text.slice(BYTES.length), 'base64') : Buffer.from(text);
