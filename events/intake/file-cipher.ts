import { createCipheriv, createDecipheriv } from 'node:crypto';
import { TributaryError } from '../../common/errors.ts';
import { usableKey } from '../privacy/cipher.ts';
import { hmac } from '../privacy/hmac.ts';
import type { PersonalKeys, SubjectKey } from '../privacy/subject-key.ts';
import { UNATTRIBUTED_DAYS, unattributedKey } from './raw-cipher.ts';

/** A sealed file begins with this, the name of its key, a line feed and the prefix of its nonces. */
const MAGIC = 'tributary-file v1 ';
const ALGORITHM = 'aes-256-gcm';
const CHUNK_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const PREFIX_BYTES = 7;
const LONGEST_HEADER = 256;

/**
 * Nonce of a chunk: prefix, number, and whether it is the last. So no chunk can be left out, moved or added unnoticed (the
 * STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár).
 */
function nonceOf(prefix: Uint8Array, number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.set(prefix);
  nonce.writeUInt32BE(number, PREFIX_BYTES);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** The bytes in pieces of equal size but for the last, which may be empty; `isLast` marks it. */
async function* chunks(
  stream: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly isLast: boolean }> {
  let pending: Buffer[] = [];
  let length = 0;
  for await (const piece of stream) {
    pending.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    length += piece.byteLength;
    if (length <= size) continue;
    let rest = Buffer.concat(pending);
    // One byte more than a chunk has to be there, else it is not known whether it is the last.
    for (; rest.length > size; rest = rest.subarray(size)) yield { bytes: rest.subarray(0, size), isLast: false };
    pending = [rest];
    length = rest.length;
  }
  yield { bytes: Buffer.concat(pending), isLast: true };
}

async function* encrypted(
  stream: AsyncIterable<Uint8Array>,
  header: Buffer,
  prefix: Buffer,
  { encryption }: SubjectKey,
): AsyncGenerator<Uint8Array> {
  yield Buffer.concat([header, prefix]);
  let number = 0;
  for await (const { bytes, isLast } of chunks(stream, CHUNK_BYTES)) {
    const cipher = createCipheriv(ALGORITHM, encryption, nonceOf(prefix, number, isLast)).setAAD(header);
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    number++;
  }
}

/**
 * A refused file, encrypted with the key of its source and day; equal files of an origin give equal bytes. Memory is bounded
 * whatever its size.
 */
export async function sealedFile(
  stream: AsyncIterable<Uint8Array>,
  source: string,
  { origin, receivedAt }: { readonly origin: string; readonly receivedAt: Date },
  keys: PersonalKeys,
): Promise<AsyncIterable<Uint8Array>> {
  const name = unattributedKey(source, receivedAt);
  const key = usableKey((await keys.obtain(new Set([name]), UNATTRIBUTED_DAYS)).get(name), origin);
  const prefix = Buffer.from(hmac(key.nonces, `file|${origin}`, 'binary'), 'latin1').subarray(0, PREFIX_BYTES);
  return encrypted(stream, Buffer.from(`${MAGIC}${name}\n`), prefix, key);
}

/**
 * The file that was sealed. Throws `not_sealed`, `no_subject_key` when its key has expired, and `not_authentic` when it was
 * changed or cut off; bytes that came before are then to be thrown away.
 */
export async function* openedFile(stream: AsyncIterable<Uint8Array>, keys: PersonalKeys): AsyncGenerator<Uint8Array> {
  const { header, name, prefix, rest } = await readHeader(stream);
  const { encryption } = usableKey((await keys.find(new Set([name]))).get(name), name);
  let number = 0;
  for await (const { bytes, isLast } of chunks(rest, CHUNK_BYTES + TAG_BYTES)) {
    const decipher = createDecipheriv(ALGORITHM, encryption, nonceOf(prefix, number, isLast)).setAAD(header);
    try {
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      yield Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      const message = 'the sealed file was changed or cut off';
      throw new TributaryError({ code: 'not_authentic', message, where: name, cause });
    }
    number++;
  }
}

async function readHeader(stream: AsyncIterable<Uint8Array>) {
  const iterator = stream[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  let end = -1;
  while (end < 0 || bytes.length < end + PREFIX_BYTES) {
    const { value, done } = await iterator.next();
    if (done || (end < 0 && bytes.length > LONGEST_HEADER)) throw notSealed();
    bytes = Buffer.concat([bytes, value]);
    end = bytes.indexOf('\n') + 1 || -1;
  }
  const header = bytes.subarray(0, end);
  if (!header.toString().startsWith(MAGIC)) throw notSealed();
  const behind = end + PREFIX_BYTES;
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(behind);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const name = header.toString().slice(MAGIC.length, -1);
  return { header, name, prefix: bytes.subarray(end, behind), rest: rest() };
}

const notSealed = (): TributaryError =>
  new TributaryError({ code: 'not_sealed', message: `the file does not begin with ${JSON.stringify(MAGIC)}` });
