import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asError } from '../../common/errors.ts';
import type { RandomAccess } from './parquet.ts';
import { FileRefusal } from './refusal.ts';

/** As much as fits into the temporary storage of the function. */
const MAX_UNPACKED_BYTES = 1024 ** 3;
const CHUNK_BYTES = 128 * 1024;

/** The unpacked bytes. Throws a `FileRefusal` when they are no gzip, or not all of it. */
export const gunzipped = (packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  inflated(packed, createGunzip({ chunkSize: CHUNK_BYTES }), 'unreadable_gzip');

/** The bytes behind a decompressor. Failures of the packed stream go on as they are; what cannot be unpacked refuses the file. */
export async function* inflated(
  packed: AsyncIterable<Uint8Array>,
  decompressor: Transform,
  code: 'unreadable_gzip' | 'unreadable_excel',
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(packed);
  source.on('error', (error) => decompressor.destroy(error));
  try {
    yield* source.pipe(decompressor);
  } catch (thrown) {
    if (source.errored) throw source.errored;
    throw new FileRefusal(code, `the file cannot be unpacked: ${asError(thrown).message}`, thrown);
  } finally {
    // Who stops reading half-way must not leave a connection open.
    source.destroy();
  }
}

/** Lets a stream's bytes be read at random, through a temporary file. */
export async function withUnpackedFile(
  bytes: AsyncIterable<Uint8Array>,
  use: (file: RandomAccess) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-unpacked-'));
  const file = await open(join(folder, 'file'), 'wx+');
  try {
    // The name goes at once, so that the space is free again however the process ends.
    await rm(folder, { recursive: true });
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > MAX_UNPACKED_BYTES) {
        throw new FileRefusal('file_too_large', 'the file has more than 1 GiB when unpacked: land it without .gz');
      }
      await file.writeFile(chunk);
    }
    const read = async (start: number, end: number): Promise<ArrayBuffer> => {
      const buffer = new ArrayBuffer(end - start);
      const { bytesRead } = await file.read(new Uint8Array(buffer), 0, end - start, start);
      return buffer.slice(0, bytesRead);
    };
    await use({ bytes: size, read });
  } finally {
    await file.close();
  }
}
