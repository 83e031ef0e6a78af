import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** Calls at most. */
  readonly attempts?: number;
  readonly baseMs?: number;
  readonly capMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly random?: () => number;
}

/** Milliseconds to wait after the given number of failures: exponential, with full jitter. */
export const backoffMs = (
  failures: number,
  { baseMs = 50, capMs = 5_000, random = Math.random }: BackoffOptions = {},
): number => random() * Math.min(capMs, baseMs * 2 ** failures);

const THROTTLED =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|TransactionConflict|TransactionInProgress|KMSInternal|DependencyTimeout|KeyUnavailable|InternalServerError|Timeout|ECONNRESET|ECONNREFUSED|EPIPE|EAI_AGAIN/;

/** Whether an error of an AWS client passes by itself. */
export function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { $metadata, $retryable, code } = thrown as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $retryable?: unknown;
    readonly code?: unknown;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    $retryable !== undefined || status === 429 || status >= 500 || THROTTLED.test(`${thrown.name} ${String(code)}`)
  );
}

/** Repeats work as long as it fails for reasons that pass; throws the last of these after `attempts` calls. */
export async function withBackoff<T>(work: () => Promise<T>, options: BackoffOptions = {}): Promise<T> {
  const { attempts = 8, wait = sleep } = options;
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (thrown) {
      if (!isTransient(thrown) || failures + 1 >= attempts) throw thrown;
      await wait(backoffMs(failures, options));
    }
  }
}
