import { earlier, laterOf, type Moment } from './version.ts';

/** What is remembered of an extraction between its invocations. */
export interface ExtractionState {
  /** Highest version that finished pulls have landed; null before the first. */
  readonly watermark: Moment | null;
  /** How many pulls have finished. */
  readonly pulls: number;
  /** The pull that an earlier invocation has begun and not finished. */
  readonly pull: Pull | null;
  /** Hashes of the files of the last finished pull, by which a pull finds out that nothing has changed. */
  readonly last: { readonly from: Moment | null; readonly hashes: readonly string[] } | null;
}

/** A pull under way. It advances with each file that has landed whole. */
export interface Pull {
  /** First version asked for; null for all. */
  readonly from: Moment | null;
  /** When it began, by the clock of the source. */
  readonly startedAt: Moment;
  /** Where to go on, in the source's own terms; null at the beginning. */
  readonly position: unknown;
  /** Highest version landed. */
  readonly high: Moment | null;
  readonly hashes: readonly string[];
  readonly records: number;
}

export const INITIAL: ExtractionState = { watermark: null, pulls: 0, pull: null, last: null };

/**
 * The pull to go on with, or a new one from the watermark minus the overlap.
 *
 * @param overlapSeconds null when the source cannot be asked for changes, so that each pull is of everything
 * @param from where somebody wants it to begin instead, whatever is under way
 */
export function beginPull(state: ExtractionState, overlapSeconds: number | null, now: Moment, from?: Moment): Pull {
  if (from === undefined && state.pull !== null) return state.pull;
  const knowsWhere = state.watermark !== null && overlapSeconds !== null;
  const begin = knowsWhere ? earlier(state.watermark, overlapSeconds) : null;
  return { from: from ?? begin, startedAt: now, position: null, high: null, hashes: [], records: 0 };
}

/** After a file has landed: what a later invocation goes on from. */
export const advance = (state: ExtractionState, pull: Pull): ExtractionState => ({ ...state, pull });

/**
 * After all files have landed. A version in the future is no reason to miss what is written until then, so the
 * watermark never passes the moment at which the pull began.
 */
export function finishPull(state: ExtractionState, pull: Pull): ExtractionState {
  const high = pull.high !== null && pull.high > pull.startedAt ? pull.startedAt : pull.high;
  return {
    watermark: laterOf(state.watermark, high),
    pulls: state.pulls + 1,
    pull: null,
    last: { from: pull.from, hashes: pull.hashes },
  };
}
