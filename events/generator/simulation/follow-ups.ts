import { DAY_MS } from '../time.ts';

interface FollowUp {
  readonly at: number;
  readonly run: (at: number) => void;
}

/** What is to happen at a later time: each on its day, in the order of time. Nothing is kept for after the last day. */
export class FollowUps {
  readonly #lastDay: number;
  readonly #byDay = new Map<number, FollowUp[]>();
  #today = 0;

  constructor(lastDay: number) {
    this.#lastDay = lastDay;
  }

  /** Has `run` called at an instant; at once when that is on the present day. */
  at(instant: number, run: (at: number) => void): void {
    const day = Math.floor(instant / DAY_MS);
    if (day > this.#lastDay) return;
    if (day <= this.#today) {
      run(instant);
      return;
    }
    const others = this.#byDay.get(day);
    if (others) others.push({ at: instant, run });
    else this.#byDay.set(day, [{ at: instant, run }]);
  }

  /** Does what is due on a day. */
  *beginDay(day: number): Generator<void> {
    this.#today = day;
    const due = this.#byDay.get(day) ?? [];
    this.#byDay.delete(day);
    due.sort((a, b) => a.at - b.at);
    for (const { at, run } of due) {
      run(at);
      yield;
    }
  }
}
