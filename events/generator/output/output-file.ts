import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface WrittenBytes {
  readonly bytes: number;
  readonly sha256: string;
}

/** Text is gathered up to this length before it is encoded. */
const CHUNK_CHARACTERS = 64 * 1024;
/** Place and value of a gzip header's byte that names the operating system: unknown, the same everywhere. */
const GZIP_SYSTEM = { at: 9, unknown: 255 } as const;

/** A file that is written from front to end, gzipped if wished; the same content gives the same bytes. */
export class OutputFile {
  readonly #input: Writable;
  readonly #done: Promise<unknown>;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #text = '';

  private constructor(path: string, isGzipped: boolean) {
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        if (isGzipped && this.#bytes === 0) chunk[GZIP_SYSTEM.at] = GZIP_SYSTEM.unknown;
        this.#hash.update(chunk);
        this.#bytes += chunk.length;
        done(null, chunk);
      },
    });
    const file = createWriteStream(path);
    const gzip = isGzipped ? createGzip() : undefined;
    this.#input = gzip ?? counted;
    this.#done = gzip ? pipeline(gzip, counted, file) : pipeline(counted, file);
    // Whoever writes hears of a failure by `drain` or `finish`.
    this.#done.catch(() => {});
  }

  /** Opens a file, and the folders that it lies in. */
  static async create(path: string, { isGzipped = false } = {}): Promise<OutputFile> {
    await mkdir(dirname(path), { recursive: true });
    return new OutputFile(path, isGzipped);
  }

  text(piece: string): void {
    this.#text += piece;
    if (this.#text.length >= CHUNK_CHARACTERS) this.#flushText();
  }

  binary(piece: Uint8Array): void {
    this.#flushText();
    this.#input.write(piece);
  }

  /** Resolves when the file takes more without piling it up. Throws what writing failed with. */
  async drain(): Promise<void> {
    if (!this.#input.writableNeedDrain) return;
    await Promise.race([new Promise((resolve) => this.#input.once('drain', resolve)), this.#done]);
  }

  async finish(): Promise<WrittenBytes> {
    this.#flushText();
    this.#input.end();
    await finished(this.#input, { readable: false });
    await this.#done;
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  #flushText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#input.write(Buffer.from(text));
  }
}
