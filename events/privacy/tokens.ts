import type { PersonalKind } from '../contracts/personal.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { normalised } from './normalise.ts';

/** Characters of a token: 132 bits, so that no two values share one. */
const TOKEN_LENGTH = 22;

/** A value in its one spelling, and the token of that. */
export interface Tokenised {
  readonly spelling: string;
  readonly token: string;
}

/** Values of these kinds come again and again; their tokens are remembered. */
const REPEATED: ReadonlySet<PersonalKind> = new Set(['name', 'postcode', 'birth_date']);
const REMEMBERED = 20_000;

/**
 * Keyed tokens (HMAC-SHA-256) of personal values: equal values of one kind have equal tokens in all sources, and
 * without the key nobody can tell the value, nor try values out.
 */
export class Tokens {
  readonly #key: HmacKey;
  readonly #known = new Map<string, Tokenised>();

  /** @param key of 32 bytes */
  constructor(key: Uint8Array) {
    this.#key = hmacKey(key);
  }

  /** @param country ISO 3166 alpha-2 code of the record, for telephone numbers */
  ofValue(kind: PersonalKind, value: string, country: string | null): Tokenised {
    if (!REPEATED.has(kind)) return this.#tokenised(kind, value, country);
    const asWritten = `${kind}\n${value}`;
    const known = this.#known.get(asWritten);
    if (known !== undefined) return known;
    const tokenised = this.#tokenised(kind, value, country);
    // Emptied at once when it is full: what repeats is soon in it again.
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(asWritten, tokenised);
    return tokenised;
  }

  /** Token of a subject's name. */
  ofSubject(name: string): string {
    return this.#token(`subject\n${name}`);
  }

  /** Stands for the id of an event that names a person. */
  ofEventId(id: string): string {
    return this.#token(`event id\n${id}`);
  }

  #tokenised(kind: PersonalKind, value: string, country: string | null): Tokenised {
    const spelling = normalised(kind, value, country);
    return { spelling, token: this.#token(`${kind}\n${spelling}`) };
  }

  #token(scoped: string): string {
    return hmac(this.#key, scoped, 'base64url').slice(0, TOKEN_LENGTH);
  }
}
