import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type HmacKey, hmacKey } from './hmac.ts';
import type { Tokens } from './tokens.ts';

export const KEY_BYTES = 32;

/** What encrypts the values of one subject, derived from the subject's key. */
export interface SubjectKey {
  readonly encryption: KeyObject;
  /** Makes the nonces. */
  readonly nonces: HmacKey;
}

/** @param key of 32 bytes */
export function subjectKey(key: Uint8Array): SubjectKey {
  const derived = createHmac('sha512', createSecretKey(key)).update('tributary subject key v1').digest();
  return {
    encryption: createSecretKey(derived.subarray(0, KEY_BYTES)),
    nonces: hmacKey(derived.subarray(KEY_BYTES)),
  };
}

/** `erased`: the subject's data is to be forgotten, and nothing may be encrypted for it any more. */
export type KeyState = SubjectKey | 'erased';

/** The keys that protect personal data. Every method throws a transient error where the keys cannot be had now. */
export interface PersonalKeys {
  /** Makes tokens with the key of the platform. */
  tokens(): Promise<Tokens>;
  /**
   * The keys of these names, made where there are none: whoever asks at the same time gets the same ones.
   *
   * @param lifetimeDays days after which new keys vanish; never where it is not given
   */
  obtain(names: ReadonlySet<string>, lifetimeDays?: number): Promise<ReadonlyMap<string, KeyState>>;
  /** The keys that there are. */
  find(names: ReadonlySet<string>): Promise<ReadonlyMap<string, KeyState>>;
}
