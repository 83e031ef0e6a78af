import { isUtf8 } from 'node:buffer';
import { TributaryError } from '../../common/errors.ts';
import { decrypt, encrypt, type Place } from '../privacy/cipher.ts';
import { type SubjectHints, subjectName } from '../privacy/subject.ts';
import type { PersonalKeys } from '../privacy/subject-key.ts';
import type { Tokens } from '../privacy/tokens.ts';

/** A record as it was received, and what it tells of its subject. */
export interface RawRecord {
  readonly raw: string;
  /** Undefined where nobody could tell whom it is about. */
  readonly subject: SubjectHints | undefined;
}

/**
 * Encrypts refused records, which may hold anything, and gives them back: with the key of their subject, or with one of
 * their source and day, which vanishes after `UNATTRIBUTED_DAYS`. Equal records give equal results.
 */
export interface RawCipher {
  /** Null for records of erased subjects. */
  seal(source: string, receivedAt: Date, records: readonly RawRecord[]): Promise<readonly (string | null)[]>;
  /** Throws `malformed_ciphertext`, `subject_erased`, `no_subject_key` and `not_authentic`, as `decrypt` does. */
  open(source: string, sealed: readonly string[]): Promise<readonly string[]>;
}

/**
 * How long records can be read that belong to no known subject. An erased person may be in one of them, so it is no longer
 * than erased data may live on in backups.
 */
export const UNATTRIBUTED_DAYS = 30;

/** Name of the key of records of a source and day whose subject nobody knows. */
export const unattributedKey = (source: string, receivedAt: Date): string =>
  `quarantine/${source}/${receivedAt.toISOString().slice(0, 10)}`;

/** Between the name of the key and what it encrypts. */
const SEPARATOR = ':';

const placeOf = (source: string, keyName: string): Place => ({ source, field: '_raw', subject: keyName });

export const rawCipher = (keys: PersonalKeys): RawCipher => ({
  async seal(source, receivedAt, records) {
    const tokens = await keys.tokens();
    const unattributed = unattributedKey(source, receivedAt);
    const names = records.map(({ subject }) => subjectToken(source, subject, tokens) ?? unattributed);
    const subjects = new Set(names);
    const day = new Set(subjects.delete(unattributed) ? [unattributed] : []);
    const found = new Map([...(await keys.obtain(subjects)), ...(await keys.obtain(day, UNATTRIBUTED_DAYS))]);
    return records.map(({ raw }, at) => {
      const name = names[at] ?? unattributed;
      const key = found.get(name);
      if (key === undefined || key === 'erased') return null;
      return `${name}${SEPARATOR}${encrypt(raw, key, placeOf(source, name))}`;
    });
  },

  async open(source, sealed) {
    const parts = sealed.map(splitSealed);
    const found = await keys.find(new Set(parts.map(({ name }) => name)));
    return parts.map(({ name, text }) => decrypt(text, found.get(name), placeOf(source, name)));
  },
});

function subjectToken(source: string, hints: SubjectHints | undefined, tokens: Tokens): string | undefined {
  const name = hints && subjectName(source, hints, tokens);
  return name === undefined ? undefined : tokens.ofSubject(name);
}

function splitSealed(sealed: string): { readonly name: string; readonly text: string } {
  const at = sealed.indexOf(SEPARATOR);
  if (at > 0) return { name: sealed.slice(0, at), text: sealed.slice(at + 1) };
  throw new TributaryError({ code: 'malformed_ciphertext', message: 'the text does not begin with the name of a key' });
}

/** How bytes that are no text begin: no record in CSV or JSON does. */
const BYTES = 'data:application/octet-stream;base64,';

/** A record as one text, from which `rawBytes` makes the same bytes again. */
export const rawText = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : `${BYTES}${bytes.toString('base64')}`;

export const rawBytes = (text: string): Buffer =>
  text.startsWith(BYTES) ? Buffer.from(text.slice(BYTES.length), 'base64') : Buffer.from(text);
