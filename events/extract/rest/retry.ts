/** Answers that a later attempt may turn into others. */
const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

export const isPassing = (status: number): boolean => PASSING.includes(status);

/** Attempts per request. */
export const ATTEMPTS = 5;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before the next attempt: exponential, with full jitter so that clients do not come back together. */
export function backoffMs(failedAttempts: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failedAttempts);
}

/** Milliseconds that a Retry-After header asks for (seconds, or a date); undefined when it asks for nothing readable. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
