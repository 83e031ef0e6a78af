/** About 100 MiB of memory. */
const MOST = 350_000;

/**
 * Ciphertexts that came last, by what identifies key, place and value: many sources send the same of a person again and
 * again. No value in clear text is held for it. The older half is forgotten at once.
 */
export class RecentCiphertexts {
  #recent = new Map<string, string>();
  #older = new Map<string, string>();
  readonly #most: number;

  /** @param most how many of them may be in each half */
  constructor(most = MOST) {
    this.#most = most;
  }

  get(identity: string): string | undefined {
    return this.#recent.get(identity) ?? this.#older.get(identity);
  }

  set(identity: string, ciphertext: string): void {
    if (this.#recent.size >= this.#most) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(identity, ciphertext);
  }
}
