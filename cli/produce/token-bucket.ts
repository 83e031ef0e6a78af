import { setTimeout as sleep } from 'node:timers/promises';

/** Lets `rate` things a second through, and up to `burst` at once after a pause. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(rate: number, burst: number, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#burst = Math.max(1, burst);
    this.#now = now;
    this.#tokens = this.#burst;
    this.#filledAt = now();
  }

  /** Milliseconds to wait before the next thing may go; 0 when it may go now, which then counts as gone. */
  take(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) * this.#rate) / 1_000);
    this.#filledAt = now;
    if (this.#tokens < 1) return ((1 - this.#tokens) * 1_000) / this.#rate;
    this.#tokens--;
    return 0;
  }

  /** Resolves when the next thing may go, or at once when `signal` tells to stop. */
  async wait(signal: AbortSignal): Promise<void> {
    for (let pause = this.take(); pause > 0 && !signal.aborted; pause = this.take()) {
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}
