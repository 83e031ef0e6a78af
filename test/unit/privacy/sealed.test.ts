import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openedFile, sealedFile } from '../../../events/intake/file-cipher.ts';
import { rawBytes, rawCipher, rawText, unattributedKey } from '../../../events/intake/raw-cipher.ts';
import { MemoryKeys } from '../../fixtures/memory-keys.ts';

const at = new Date('2026-11-21T10:15:00Z');
const jane = { id: 'C1', email: null };

describe('refused records', () => {
  it('are sealed with the key of their subject, or of their source and day', async () => {
    const keys = new MemoryKeys();
    const cipher = rawCipher(keys);
    const texts = ['Jane Doe', 'John Doe', 'nobody'];
    const sealed = await cipher.seal('crm_customers', at, [
      { raw: 'Jane Doe', subject: jane },
      { raw: 'John Doe', subject: { id: null, email: 'john@example.com' } },
      { raw: 'nobody', subject: undefined },
    ]);
    for (const [index, text] of texts.entries()) expect(sealed[index]).not.toContain(text);
    expect(sealed[2]).toMatch(/^quarantine\/crm_customers\/2026-11-21:v1\./);
    const kept = sealed.map(String);
    expect(await cipher.open('crm_customers', kept)).toEqual(texts);
    await expect(cipher.open('ecommerce_customers', kept)).rejects.toMatchObject({ code: 'not_authentic' });
  });

  it('are sealed with the key that the subject’s accepted records have', async () => {
    const keys = new MemoryKeys();
    const subject = (await keys.tokens()).ofSubject('crm_customers|C1');
    await rawCipher(keys).seal('crm_customers', at, [{ raw: 'x', subject: jane }]);
    expect([...keys.made]).toEqual([subject]);
  });

  it('cannot be opened when their subject is erased, nor sealed', async () => {
    const keys = new MemoryKeys();
    const cipher = rawCipher(keys);
    const [sealed] = await cipher.seal('crm_customers', at, [{ raw: 'Jane', subject: jane }]);
    keys.erased.add((await keys.tokens()).ofSubject('crm_customers|C1'));
    await expect(cipher.open('crm_customers', [String(sealed)])).rejects.toMatchObject({ code: 'subject_erased' });
    expect(await cipher.seal('crm_customers', at, [{ raw: 'Jane', subject: jane }])).toEqual([null]);
  });

  it('cannot be opened when the key of their day has expired', async () => {
    const keys = new MemoryKeys();
    const [sealed] = await rawCipher(keys).seal('unknown', at, [{ raw: 'Jane', subject: undefined }]);
    keys.made.delete(unattributedKey('unknown', at));
    await expect(rawCipher(keys).open('unknown', [String(sealed)])).rejects.toMatchObject({ code: 'no_subject_key' });
  });

  it.each(['', 'Jane Doe', ':v1.x'])('are not %j', async (text) => {
    await expect(rawCipher(new MemoryKeys()).open('unknown', [text])).rejects.toMatchObject({
      code: 'malformed_ciphertext',
    });
  });

  it('are the bytes that they were', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(rawBytes(rawText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

const MIB = 1024 * 1024;
const origin = { origin: 'crm_customers/a.csv#e', receivedAt: at };

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A stream of some bytes in pieces of some size. */
const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    (function* () {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    })(),
  );

const seal = async (content: Buffer, keys: MemoryKeys, piece = 65_536) =>
  bytesOf(await sealedFile(inPieces(content, piece), 'crm_customers', origin, keys));

describe('refused files', () => {
  const keys = new MemoryKeys();
  const content = Buffer.from('customer_id,email\n1,jane@example.com\n'.repeat(90_000)).subarray(0, 3 * MIB);

  it.each([0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB])('of %i bytes are what they were', async (length) => {
    const file = content.subarray(0, length);
    const sealed = await seal(file, keys);
    expect(sealed.includes('jane@example.com')).toBe(false);
    for (const piece of [10_000, MIB + 16, 5 * MIB]) {
      expect((await bytesOf(openedFile(inPieces(sealed, piece), keys))).equals(file)).toBe(true);
    }
    expect((await seal(file, keys, 1_000_003)).equals(sealed)).toBe(true);
  });

  it('cannot be cut off, changed or put together in another way', async () => {
    const sealed = await seal(content, keys);
    const start = sealed.indexOf('\n') + 1 + 7;
    const chunk = MIB + 16;
    const chunkAt = (number: number) => sealed.subarray(start + number * chunk, start + (number + 1) * chunk);
    const head = sealed.subarray(0, start);
    const changed = Buffer.from(sealed);
    changed[start + 5] = (changed[start + 5] ?? 0) ^ 1;
    const renamed = Buffer.from(sealed);
    renamed.write('crm_customerz', renamed.indexOf('crm_customers'));
    keys.made.add('quarantine/crm_customerz/2026-11-21');
    const wrong = [
      sealed.subarray(0, -1),
      sealed.subarray(0, start + chunk),
      sealed.subarray(0, start + 2 * chunk),
      head,
      Buffer.concat([head, chunkAt(1), chunkAt(0), chunkAt(2)]),
      Buffer.concat([head, chunkAt(0), chunkAt(2)]),
      Buffer.concat([sealed, chunkAt(2)]),
      changed,
      renamed,
    ];
    for (const bytes of wrong) {
      await expect(bytesOf(openedFile(inPieces(bytes, 100_000), keys))).rejects.toMatchObject({
        code: 'not_authentic',
      });
    }
  });

  it('are told from others', async () => {
    for (const text of ['', 'customer_id,email\n1,jane', 'tributary-file v1 x\n', 'x'.repeat(2000)]) {
      await expect(bytesOf(openedFile(inPieces(Buffer.from(text), 10), keys))).rejects.toMatchObject({
        code: 'not_sealed',
      });
    }
  });

  it('cannot be opened when the key of their day has expired', async () => {
    const sealed = await seal(content.subarray(0, 100), keys);
    await expect(bytesOf(openedFile(inPieces(sealed, 100), new MemoryKeys()))).rejects.toMatchObject({
      code: 'no_subject_key',
    });
  });
});
