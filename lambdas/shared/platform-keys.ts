import { type KeyObject, randomBytes } from 'node:crypto';
import { dynamo, kms } from '../../common/aws.ts';
import { unwrapKey, wrapKey, wrappingKey } from '../../events/privacy/key-wrapping.ts';
import { KEY_BYTES, type KeyState, type PersonalKeys, subjectKey } from '../../events/privacy/subject-key.ts';
import { Tokens } from '../../events/privacy/tokens.ts';
import { ENV } from './constants.ts';
import { requireEnv } from './env.ts';
import { type KeyEncryption, kmsEncryption } from './key-encryption.ts';
import { KeyTable, keysUnavailable, type StoredKey } from './key-table.ts';
import { TimedCache } from './timed-cache.ts';

/** Names of the platform's own keys in the table; no token has a slash. */
const TOKEN_KEY = 'platform/tokens';
const wrappingKeyName = (at: Date): string => `platform/wrapping/${at.toISOString().slice(0, 7)}`;

const MINUTE_MS = 60_000;
/** An erased subject's key is used for no longer than this by a process that has it already. */
const SUBJECT_KEY_MS = 15 * MINUTE_MS;
const WRAPPING_KEY_MS = 60 * MINUTE_MS;
/** About 1 KiB of memory each. */
const SUBJECT_KEYS = 150_000;
const WRAPPING_KEYS = 100;
const DAY_SECONDS = 86_400;

export interface PlatformKeysOptions {
  readonly table: Pick<KeyTable, 'read' | 'create'>;
  readonly encryption: KeyEncryption;
  readonly now?: () => Date;
}

/**
 * The keys of a deployed platform. A subject's key is made here, wrapped under the wrapping key of the month and kept in
 * DynamoDB; wrapping keys and the token key are kept there encrypted by KMS. Whoever makes a key that somebody else has made
 * meanwhile takes the other's.
 */
export class PlatformKeys implements PersonalKeys {
  readonly #options: PlatformKeysOptions;
  readonly #subjects = new TimedCache<KeyState>(SUBJECT_KEYS, SUBJECT_KEY_MS);
  readonly #wrapping = new TimedCache<Promise<KeyObject>>(WRAPPING_KEYS, WRAPPING_KEY_MS);
  #tokens: Promise<Tokens> | undefined;

  constructor(options: PlatformKeysOptions) {
    this.#options = options;
  }

  tokens(): Promise<Tokens> {
    this.#tokens ??= this.#platformKey(TOKEN_KEY).then((key) => new Tokens(key));
    this.#tokens.catch(() => {
      this.#tokens = undefined;
    });
    return this.#tokens;
  }

  async find(names: ReadonlySet<string>): Promise<ReadonlyMap<string, KeyState>> {
    const { found, missing } = this.#cached(names);
    for (const stored of (await this.#options.table.read(missing)).values()) {
      found.set(stored.pk, this.#remember(stored.pk, await this.#opened(stored)));
    }
    return found;
  }

  async obtain(names: ReadonlySet<string>, lifetimeDays?: number): Promise<ReadonlyMap<string, KeyState>> {
    const found = new Map(await this.find(names));
    const missing = [...names].filter((name) => !found.has(name));
    if (missing.length === 0) return found;
    const made = await this.#create(missing, lifetimeDays);
    for (const [name, key] of made) found.set(name, this.#remember(name, subjectKey(key)));
    const lost = missing.filter((name) => !made.has(name));
    for (const [name, key] of await this.find(new Set(lost))) found.set(name, key);
    if (missing.some((name) => !found.has(name))) throw keysUnavailable('keys that vanish while they are read');
    return found;
  }

  /** Makes keys; those whose names were taken meanwhile are left out. */
  async #create(names: readonly string[], lifetimeDays: number | undefined): Promise<Map<string, Uint8Array>> {
    const now = this.#now();
    const wrapping_key = wrappingKeyName(now);
    const under = await this.#wrappingKey(wrapping_key);
    const random = randomBytes(KEY_BYTES * names.length);
    const made = new Map(
      names.map((name, at) => [name, random.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES)] as const),
    );
    const expiry =
      lifetimeDays === undefined ? {} : { ttl: Math.floor(now.getTime() / 1000) + lifetimeDays * DAY_SECONDS };
    const items = [...made].map(([pk, key]) => ({
      pk,
      wrapped: wrapKey(key, pk, under),
      wrapping_key,
      created_at: now.toISOString(),
      ...expiry,
    }));
    for (const name of await this.#options.table.create(items)) made.delete(name);
    return made;
  }

  async #opened({ pk, wrapped, wrapping_key = '', erased_at }: StoredKey): Promise<KeyState> {
    if (erased_at !== undefined || wrapped === undefined) return 'erased';
    return subjectKey(unwrapKey(wrapped, pk, await this.#wrappingKey(wrapping_key)));
  }

  #cached(names: ReadonlySet<string>): { found: Map<string, KeyState>; missing: string[] } {
    const found = new Map<string, KeyState>();
    const missing: string[] = [];
    for (const name of names) {
      const key = this.#subjects.get(name);
      if (key === undefined) missing.push(name);
      else found.set(name, key);
    }
    return { found, missing };
  }

  #remember(name: string, key: KeyState): KeyState {
    this.#subjects.set(name, key);
    return key;
  }

  #wrappingKey(name: string): Promise<KeyObject> {
    const known = this.#wrapping.get(name);
    if (known !== undefined) return known;
    const key = this.#platformKey(name).then(wrappingKey);
    this.#wrapping.set(name, key);
    key.catch(() => this.#wrapping.delete(name));
    return key;
  }

  /** A key that KMS encrypts, made where there is none. */
  async #platformKey(name: string): Promise<Uint8Array> {
    const { table, encryption } = this.#options;
    const stored = (await table.read([name])).get(name);
    if (stored?.wrapped) return encryption.decrypt(name, stored.wrapped);
    const { key, encrypted } = await encryption.make(name);
    const [taken] = await table.create([{ pk: name, wrapped: encrypted, created_at: this.#now().toISOString() }]);
    return taken === undefined ? key : this.#platformKey(name);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** Names of a deployed platform that lead to its keys. */
export interface KeyPlaces {
  readonly subjectKeyTable: string;
  readonly personalDataKey: string;
}

export const keysAt = ({ subjectKeyTable, personalDataKey }: KeyPlaces): PersonalKeys =>
  new PlatformKeys({
    table: new KeyTable(dynamo(), subjectKeyTable),
    encryption: kmsEncryption(kms(), personalDataKey),
  });

let keys: PersonalKeys | undefined;

/** The keys of the platform that this function belongs to; one per process, for its memory. */
export function platformKeys(): PersonalKeys {
  keys ??= keysAt({
    subjectKeyTable: requireEnv(ENV.subjectKeyTable),
    personalDataKey: requireEnv(ENV.personalDataKey),
  });
  return keys;
}
