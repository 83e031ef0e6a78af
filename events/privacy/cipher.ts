import { createCipheriv, createDecipheriv } from 'node:crypto';
import { TributaryError } from '../../common/errors.ts';
import { hmac } from './hmac.ts';
import { RecentCiphertexts } from './recent-ciphertexts.ts';
import type { KeyState, SubjectKey } from './subject-key.ts';

const VERSION = 'v1.';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a value belongs to. A value that is put in another place cannot be decrypted there. */
export interface Place {
  /** Contract, or another store of encrypted values. */
  readonly source: string;
  /** Field, or another name of the value within the record. */
  readonly field: string;
  /** Name of the key: the token of the subject, in most cases. */
  readonly subject: string;
}

/** Of the HMAC, by which a key, place and value are told apart. */
const IDENTITY_BYTES = 16;

const recent = new RecentCiphertexts();

const placeText = ({ source, field, subject }: Place): string => `${source}|${field}|${subject}`;

const nonce = Buffer.allocUnsafe(NONCE_BYTES);
let sealed = Buffer.allocUnsafe(4096);

/**
 * Encrypts a value (AES-256-GCM). The nonce follows from key, place and value, so that equal work writes equal bytes; who
 * has no key can tell from it only whether two values of one place are equal.
 *
 * @returns `v1.` and nonce, ciphertext and tag in base64url
 */
export function encrypt(value: string, key: SubjectKey, place: Place): string {
  const associated = placeText(place);
  const mac = hmac(key.nonces, `${associated}|${value}`, 'binary').slice(0, IDENTITY_BYTES);
  const known = recent.get(mac);
  if (known !== undefined) return known;
  nonce.write(mac.slice(0, NONCE_BYTES), 'latin1');
  const cipher = createCipheriv(ALGORITHM, key.encryption, nonce);
  cipher.setAAD(Buffer.from(associated));
  const encrypted = cipher.update(value, 'utf8');
  cipher.final();
  const tagAt = NONCE_BYTES + encrypted.length;
  if (sealed.length < tagAt + TAG_BYTES) sealed = Buffer.allocUnsafe(tagAt + TAG_BYTES);
  sealed.set(nonce);
  sealed.set(encrypted, NONCE_BYTES);
  sealed.set(cipher.getAuthTag(), tagAt);
  const text = VERSION + sealed.toString('base64url', 0, tagAt + TAG_BYTES);
  recent.set(mac, text);
  return text;
}

/**
 * Throws `malformed_ciphertext`, `subject_erased`, `no_subject_key` where the subject has none, and `not_authentic` where the
 * value was changed, moved from another place or encrypted with another key.
 */
export function decrypt(text: string, key: KeyState | undefined, place: Place): string {
  const where = `${place.source}.${place.field}`;
  const bytes = Buffer.from(text.startsWith(VERSION) ? text.slice(VERSION.length) : '', 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new TributaryError({
      code: 'malformed_ciphertext',
      message: `not a value that begins with ${VERSION}`,
      where,
    });
  }
  const { encryption } = usableKey(key, where);
  const decipher = createDecipheriv(ALGORITHM, encryption, bytes.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(placeText(place)));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new TributaryError({
      code: 'not_authentic',
      message: 'the value was changed, belongs to another subject or field, or was encrypted with another key',
      where,
      cause,
    });
  }
}

/** Throws `subject_erased` and `no_subject_key`. */
export function usableKey(key: KeyState | undefined, where: string): SubjectKey {
  if (key === 'erased') {
    throw new TributaryError({ code: 'subject_erased', message: 'the subject was erased, and its key with it', where });
  }
  if (key === undefined) {
    throw new TributaryError({
      code: 'no_subject_key',
      message: 'the key of the value is not there: it has expired, or belongs to another platform',
      where,
    });
  }
  return key;
}
