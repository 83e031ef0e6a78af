import type { PersonalKind } from '../contracts/personal.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { normalised } from './normalise.ts';

/** Characters of a token: 132 bits, so that no two values share one. */
const TOKEN_LENGTH = 22;

/** Values of these kinds come again and again; their tokens are remembered. */
const REPEATED: ReadonlySet<PersonalKind> = new Set(['name', 'postcode', 'birth_date']);
const REMEMBERED = 20_000;

/**
 * Keyed tokens (HMAC-SHA-256) of personal values: equal values of one kind have equal tokens in all sources, and
 * without the key nobody can tell the value, nor try values out.
 */
export class Tokens {
  readonly #key: HmacKey;
  readonly #known = new Map<string, string>();

  /** @param key of 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = hmacKey(key);
  }

  /** @param country ISO 3166 alpha-2 code of the record, for telephone numbers */
  ofValue(kind: PersonalKind, value: string, country: string | null): string {
    return this.ofNormalised(kind, normalised(kind, value, country));
  }

  ofNormalised(kind: PersonalKind, value: string): string {
    const scoped = `${kind}\n${value}`;
    if (!REPEATED.has(kind)) return this.#token(scoped);
    const known = this.#known.get(scoped);
    if (known !== undefined) return known;
    const token = this.#token(scoped);
    // Emptied at once when it is full: what repeats is soon in it again.
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(scoped, token);
    return token;
  }

  /** Token of a subject's name. */
  ofSubject(name: string): string {
    return this.#token(`subject\n${name}`);
  }

  #token(scoped: string): string {
    return hmac(this.#key, scoped, 'base64url').slice(0, TOKEN_LENGTH);
  }
}
