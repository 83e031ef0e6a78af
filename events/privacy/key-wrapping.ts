import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { TributaryError } from '../../common/errors.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const wrappingKey = (key: Uint8Array): KeyObject => createSecretKey(key);

/**
 * A key encrypted under another (AES-256-GCM): nonce, ciphertext, tag.
 *
 * @param name of the wrapped key; it cannot be unwrapped under another one
 */
export function wrapKey(key: Uint8Array, name: string, under: KeyObject): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, under, nonce).setAAD(Buffer.from(name));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** Throws `damaged_key` when the key was changed, renamed or wrapped under another one. */
export function unwrapKey(wrapped: Uint8Array, name: string, under: KeyObject): Uint8Array {
  try {
    const decipher = createDecipheriv(ALGORITHM, under, wrapped.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(name)).setAuthTag(wrapped.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new TributaryError({
      code: 'damaged_key',
      message: 'a stored key cannot be unwrapped: it was changed, or wrapped under another key',
      where: name,
      advice: 'restore the table of keys from before the change; values that this key has encrypted wait for it',
      cause,
    });
  }
}
