interface Entry<T> {
  readonly value: T;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Values by name, each for a limited time, and the least recently used ones go first when there are too many. */
export class TimedCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #most: number;
  readonly #lifetimeMs: number;
  readonly #now: () => number;

  constructor(most: number, lifetimeMs: number, now: () => number = Date.now) {
    this.#most = most;
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
  }

  get(name: string): T | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    this.#entries.delete(name);
    if (entry.until <= this.#now()) return undefined;
    this.#entries.set(name, entry);
    return entry.value;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, { value, until: this.#now() + this.#lifetimeMs });
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
