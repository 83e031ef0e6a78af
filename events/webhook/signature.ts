import { createHmac, timingSafeEqual } from 'node:crypto';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/**
 * How a sender signs. `standard` is the Standard Webhooks specification: `webhook-signature` holds one or more
 * `v1,<base64>` over id, timestamp and body, and an old timestamp is refused. `body` is what many systems do of their own:
 * one header with an HMAC-SHA-256 of the body alone.
 */
export type SignatureScheme =
  | { readonly kind: 'standard' }
  | {
      readonly kind: 'body';
      readonly header: string;
      readonly encoding: 'hex' | 'base64';
      /** Stands before the signature, such as `sha256=`. */
      readonly prefix?: string;
    };

/** Seconds by which the clocks of sender and receiver may differ, deliveries on their way included. */
const TOLERANCE_SECONDS = 300;
const STANDARD_PREFIX = 'whsec_';

/**
 * Whether one of the secrets signed the request; several are in force while a secret is exchanged.
 *
 * @param body as received, byte for byte
 * @param now milliseconds since 1970
 */
export function isSigned(
  scheme: SignatureScheme,
  headers: Headers,
  body: Buffer,
  secrets: readonly string[],
  now: number,
): boolean {
  const { content, signatures } =
    scheme.kind === 'standard' ? standard(headers, body, now) : plain(scheme, headers, body);
  return secrets.some((secret) => {
    const expected = createHmac('sha256', keyOf(scheme, secret)).update(content).digest();
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
}

interface Signed {
  readonly content: Buffer;
  readonly signatures: readonly Buffer[];
}

const UNSIGNED: Signed = { content: Buffer.alloc(0), signatures: [] };

function standard(headers: Headers, body: Buffer, now: number): Signed {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': given = '' } = headers;
  const isRecent = /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS;
  if (id === '' || !isRecent) return UNSIGNED;
  const signatures = given
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  return { content: Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]), signatures };
}

function plain(
  { header, encoding, prefix = '' }: Extract<SignatureScheme, { kind: 'body' }>,
  headers: Headers,
  body: Buffer,
): Signed {
  const given = headers[header.toLowerCase()] ?? '';
  if (!given.startsWith(prefix)) return UNSIGNED;
  return { content: body, signatures: [Buffer.from(given.slice(prefix.length), encoding)] };
}

const keyOf = ({ kind }: SignatureScheme, secret: string): Buffer =>
  kind === 'standard' && secret.startsWith(STANDARD_PREFIX)
    ? Buffer.from(secret.slice(STANDARD_PREFIX.length), 'base64')
    : Buffer.from(secret);
