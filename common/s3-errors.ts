import { asError, TributaryError } from './errors.ts';

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

const REASONS: readonly (readonly [matches: RegExp, reason: Reason])[] = [
  [
    /^NoSuchBucket$/,
    {
      code: 'bucket_missing',
      message: 'there is no such bucket',
      advice: 'Deploy again, which creates it; if it was deleted, its data is gone unless it was backed up.',
    },
  ],
  [
    /^(AccessDenied|Forbidden|403|AllAccessDisabled|InvalidAccessKeyId|ExpiredToken)$/,
    {
      code: 'access_denied',
      message: 'S3 refuses access',
      advice:
        'Deploy again; if it stays so, look for a policy of the bucket, its key or the organisation that denies it.',
    },
  ],
  [
    /^(SlowDown|ServiceUnavailable|InternalError|503|500|RequestTimeout|ThrottlingException|TooManyRequestsException)$/,
    {
      code: 's3_busy',
      message: 'S3 answers that it is too busy, again and again',
      advice: 'Nothing was published. The next run tries again; fewer models at a time ask for less at once.',
    },
  ],
  [
    /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|TimeoutError|NetworkingError)$/,
    {
      code: 's3_unreachable',
      message: 'S3 cannot be reached',
      advice: 'Nothing was published. Look at the network and the endpoint; the next run tries again.',
    },
  ],
];

/** An error of the S3 client in words, with the object or bucket that it was about; an unknown one as it is. */
export function s3Error(thrown: unknown, where: string): Error {
  const error = asError(thrown);
  if (error instanceof TributaryError) return error;
  const { code, $metadata } = error as Error & {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const names = [error.name, String(code), String($metadata?.httpStatusCode)];
  const [, reason] = REASONS.find(([matches]) => names.some((name) => matches.test(name))) ?? [];
  if (reason === undefined) return error;
  return new TributaryError({ ...reason, message: `${reason.message}: ${error.message}`, where, cause: error });
}
