import { crc32, createInflateRaw } from 'node:zlib';
import { asError } from '../../../common/errors.ts';
import { inflated } from '../gzip.ts';
import type { RandomAccess } from '../parquet.ts';
import { FileRefusal } from '../refusal.ts';

/** A file within a zip file. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Where its own header begins in the file. */
  readonly offset: number;
}

const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const END_BYTES = 22;
/** The end record may have a comment behind it, of as many bytes as 16 bits count. */
const TAIL_BYTES = END_BYTES + 0xffff;
const LOCATOR_BYTES = 20;
const LOCATOR_SIGNATURE = 0x07064b50;
const END64_BYTES = 56;
const END64_SIGNATURE = 0x06064b50;
const ENTRY_BYTES = 46;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const ZIP64_FIELD = 1;
/** Stands for a number that a zip64 field has in its place. */
const ELSEWHERE = 0xffffffff;

const MAX_DIRECTORY_BYTES = 16 * 1024 ** 2;
const CHUNK_BYTES = 4 * 1024 ** 2;
const DEFLATED = 8;

const corrupt = (what: string, cause?: unknown): FileRefusal =>
  new FileRefusal('unreadable_excel', `the file is not a complete Excel file: ${what}`, cause);

/** The files within a zip file by name, as its directory lists them. Throws a `FileRefusal` for what is no zip file. */
export async function zipEntries(file: RandomAccess): Promise<ReadonlyMap<string, ZipEntry>> {
  const tailStart = Math.max(0, file.bytes - TAIL_BYTES);
  const tail = Buffer.from(await file.read(tailStart, file.bytes));
  const endAt = tail.lastIndexOf(END_SIGNATURE);
  if (endAt < 0 || endAt + END_BYTES > tail.length) throw corrupt('it has no end record');
  let { size, offset } = { size: tail.readUInt32LE(endAt + 12), offset: tail.readUInt32LE(endAt + 16) };
  const locatorAt = endAt - LOCATOR_BYTES;
  if (locatorAt >= 0 && tail.readUInt32LE(locatorAt) === LOCATOR_SIGNATURE) {
    const end64At = Number(tail.readBigUInt64LE(locatorAt + 8));
    const end64 = await bytesAt(file, end64At, END64_BYTES);
    if (end64.readUInt32LE(0) !== END64_SIGNATURE) throw corrupt('its end record is not where it should be');
    size = Number(end64.readBigUInt64LE(40));
    offset = Number(end64.readBigUInt64LE(48));
  }
  if (size > MAX_DIRECTORY_BYTES) throw corrupt('its directory is too large');
  const directory = await bytesAt(file, offset, size);
  try {
    return new Map([...directoryEntries(directory)].map((entry) => [entry.name, entry]));
  } catch (thrown) {
    throw corrupt(asError(thrown).message, thrown);
  }
}

async function bytesAt(file: RandomAccess, start: number, length: number): Promise<Buffer> {
  if (start + length > file.bytes) throw corrupt('a part lies beyond its end');
  return Buffer.from(await file.read(start, start + length));
}

function* directoryEntries(directory: Buffer): Generator<ZipEntry> {
  for (let at = 0; at + ENTRY_BYTES <= directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw corrupt('its directory is damaged');
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const wide = wideNumbers(directory.subarray(nameEnd, extraEnd));
    const number = (where: number): number => {
      const short = directory.readUInt32LE(at + where);
      return short === ELSEWHERE ? Number(wide.next().value ?? short) : short;
    };
    // In the order in which a zip64 field has those that need it.
    const unpackedBytes = number(24);
    const packedBytes = number(20);
    const offset = number(42);
    yield {
      name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      crc: directory.readUInt32LE(at + 16),
      packedBytes,
      unpackedBytes,
      offset,
    };
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
}

/** The numbers of an entry that do not fit into 32 bits. */
function* wideNumbers(extra: Buffer): Generator<bigint> {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_FIELD) {
      for (let number = at + 4; number + 8 <= end; number += 8) yield extra.readBigUInt64LE(number);
    }
    at = end;
  }
}

/** The unpacked bytes of an entry; at their end it is known that they are all there and right, or the file is refused. */
export async function* entryBytes(file: RandomAccess, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted) throw corrupt(`${entry.name} is encrypted`);
  if (entry.method !== 0 && entry.method !== DEFLATED) throw corrupt(`${entry.name} is packed in an unknown way`);
  const header = await bytesAt(file, entry.offset, LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw corrupt(`${entry.name} is not where it should be`);
  const start = entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = chunks(file, start, start + entry.packedBytes);
  const unpacked =
    entry.method === DEFLATED
      ? inflated(packed, createInflateRaw({ chunkSize: 128 * 1024 }), 'unreadable_excel')
      : packed;
  let bytes = 0;
  let crc = 0;
  for await (const chunk of unpacked) {
    bytes += chunk.byteLength;
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (bytes !== entry.unpackedBytes || crc !== entry.crc) throw corrupt(`${entry.name} is damaged`);
}

async function* chunks(file: RandomAccess, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    yield await bytesAt(file, at, Math.min(CHUNK_BYTES, end - at));
  }
}
