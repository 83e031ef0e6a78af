import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TributaryError } from '../../../common/errors.ts';
import { decrypt, encrypt, type Place } from '../../../events/privacy/cipher.ts';
import { hmac, hmacKey } from '../../../events/privacy/hmac.ts';
import { unwrapKey, wrapKey, wrappingKey } from '../../../events/privacy/key-wrapping.ts';
import { RecentCiphertexts } from '../../../events/privacy/recent-ciphertexts.ts';
import { type KeyState, subjectKey } from '../../../events/privacy/subject-key.ts';
import { Tokens } from '../../../events/privacy/tokens.ts';

const key = subjectKey(Buffer.alloc(32, 1));
const place: Place = { source: 'crm_customers', field: 'email', subject: 'subject-1' };
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(100_000)));

function codeOf(sealed: string, how: KeyState | undefined = key, where = place): string {
  try {
    decrypt(sealed, how, where);
    return 'no error';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
}

describe('HMAC', () => {
  it('is the HMAC-SHA-256 of the standard', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), text, (secret, message) => {
        const expected = createHmac('sha256', secret).update(message).digest('hex');
        expect(hmac(hmacKey(secret), message, 'hex')).toBe(expected);
      }),
    );
  });
});

describe('an encrypted value', () => {
  it('is what it was, for whoever has the key of its subject', () => {
    fc.assert(
      fc.property(text, (value) => {
        const isWellFormed = value.isWellFormed();
        if (isWellFormed) expect(decrypt(encrypt(value, key, place), key, place)).toBe(value);
      }),
    );
  });

  it('is the same whenever the same value is encrypted for the same place, and nowhere else', () => {
    const sealed = encrypt('jane@example.com', key, place);
    expect(sealed).toMatch(/^v1\.[\w-]+$/);
    expect(encrypt('jane@example.com', subjectKey(Buffer.alloc(32, 1)), place)).toBe(sealed);
    const others = [
      encrypt('jane@example.org', key, place),
      encrypt('jane@example.com', subjectKey(Buffer.alloc(32, 2)), place),
      encrypt('jane@example.com', key, { ...place, field: 'phone' }),
      encrypt('jane@example.com', key, { ...place, source: 'support_tickets' }),
      encrypt('jane@example.com', key, { ...place, subject: 'subject-2' }),
    ];
    // Neither the nonce nor what follows is shared.
    expect(new Set([sealed, ...others].map((one) => one.slice(0, 19))).size).toBe(6);
  });

  it('cannot be changed, moved or opened with another key unnoticed', () => {
    const sealed = encrypt('jane@example.com', key, place);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(codeOf(`v1.${changed.toString('base64url')}`)).toBe('not_authentic');
    }
    expect(codeOf(sealed, subjectKey(Buffer.alloc(32, 2)))).toBe('not_authentic');
    expect(codeOf(sealed, key, { ...place, field: 'phone' })).toBe('not_authentic');
    expect(codeOf(sealed, key, { ...place, subject: 'subject-2' })).toBe('not_authentic');
    expect(codeOf(sealed.slice(0, -4))).toBe('not_authentic');
  });

  it('is gone with its key, and says so', () => {
    const sealed = encrypt('jane@example.com', key, place);
    expect(codeOf(sealed, 'erased')).toBe('subject_erased');
    expect(() => decrypt(sealed, undefined, place)).toThrow(/key of the value is not there/);
  });

  it.each(['', 'v1.', 'v1.AAAA', 'v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'jane@example.com'])(
    '%j is none',
    (sealed) => {
      expect(codeOf(sealed)).toBe('malformed_ciphertext');
    },
  );
});

describe('tokens', () => {
  const tokens = new Tokens(Buffer.alloc(32, 7));
  const tokenOf = (...value: Parameters<Tokens['ofValue']>) => tokens.ofValue(...value).token;

  it('are equal for equal values, however they are written', () => {
    expect(tokenOf('email', 'Jane@Example.com', null)).toBe(tokenOf('email', 'jane@example.com ', 'GB'));
    expect(tokenOf('phone', '020 7946 0958', 'GB')).toBe(tokenOf('phone', '+442079460958', null));
    expect(tokenOf('name', 'JANE  doe', null)).toBe(tokenOf('name', 'Jane Doe', null));
  });

  it('differ by value, kind and key', () => {
    const other = new Tokens(Buffer.alloc(32, 8));
    const all = [
      tokenOf('name', 'jane', null),
      tokenOf('name', 'joan', null),
      tokenOf('address', 'jane', null),
      tokens.ofSubject('jane'),
      tokens.ofEventId('jane'),
      other.ofValue('name', 'jane', null).token,
    ];
    expect(new Set(all).size).toBe(all.length);
    for (const token of all) expect(token).toMatch(/^[\w-]{22}$/);
  });

  it('are the same when so many have been made that none is remembered', () => {
    const before = tokenOf('name', 'jane', null);
    for (let at = 0; at < 25_000; at++) tokens.ofValue('name', `name ${at}`, null);
    expect(tokenOf('name', 'jane', null)).toBe(before);
  });
});

describe('a wrapped key', () => {
  const under = wrappingKey(randomBytes(32));
  const secret = randomBytes(32);

  it('is unwrapped under its name only', () => {
    const wrapped = wrapKey(secret, 'subject-1', under);
    expect(unwrapKey(wrapped, 'subject-1', under)).toEqual(secret);
    expect(() => unwrapKey(wrapped, 'subject-2', under)).toThrow(/cannot be unwrapped/);
    expect(() => unwrapKey(wrapped, 'subject-1', wrappingKey(randomBytes(32)))).toThrow(/cannot be unwrapped/);
    expect(() => unwrapKey(wrapped.subarray(0, 20), 'subject-1', under)).toThrow(/cannot be unwrapped/);
  });
});

describe('recent ciphertexts', () => {
  it('are remembered, but not for ever', () => {
    const recent = new RecentCiphertexts(2);
    for (const name of ['a', 'b', 'c', 'd']) recent.set(name, name);
    expect(['a', 'b', 'c', 'd'].map((name) => recent.get(name))).toEqual(['a', 'b', 'c', 'd']);
    recent.set('e', 'e');
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => recent.get(name))).toEqual([undefined, undefined, 'c', 'd', 'e']);
  });
});
