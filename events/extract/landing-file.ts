import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';

/** Where pulled files go. */
export interface Landing {
  /** Writes an object from a stream; there is no object unless all of the stream has come. */
  put(key: string, body: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Thrown into a stream to have what was sent of it forgotten. */
class Discarded extends Error {
  override readonly name = 'Discarded';
}

/** Text gathered before it goes through gzip: single lines would cost a call each. */
const CHUNK_CHARACTERS = 65_536;

/** One gzipped NDJSON file on its way into the landing bucket. It appears there on `land`, or never. */
export class LandingFile {
  readonly key: string;
  readonly #gzip = createGzip({ level: 6 });
  readonly #hash = createHash('sha256');
  readonly #stored: Promise<void>;
  #failure: unknown;
  #pending: string[] = [];
  #pendingCharacters = 0;
  /** Uncompressed. */
  bytes = 0;
  records = 0;

  constructor(landing: Landing, key: string) {
    this.key = key;
    // Failures also reach the stored promise; an unheard event would end the process.
    this.#gzip.on('error', () => undefined);
    this.#stored = landing.put(key, this.#gzip);
    this.#stored.catch((thrown) => {
      this.#failure = thrown;
      this.#gzip.destroy();
    });
  }

  /** Adds a line; waits while the store cannot keep up. */
  async write(line: string): Promise<void> {
    this.#pending.push(line, '\n');
    this.#pendingCharacters += line.length + 1;
    this.records++;
    if (this.#pendingCharacters >= CHUNK_CHARACTERS) await this.#flush();
  }

  /** Completes the file. Answers its hash, of the uncompressed content, which `isKnown` may tell to forget it. */
  async land(isKnown: (hash: string) => boolean): Promise<{ readonly hash: string; readonly isNew: boolean }> {
    await this.#flush();
    const hash = this.#hash.digest('base64url');
    if (isKnown(hash)) {
      await this.discard();
      return { hash, isNew: false };
    }
    this.#gzip.end();
    await this.#stored;
    return { hash, isNew: true };
  }

  /** Forgets what was written. */
  async discard(): Promise<void> {
    this.#gzip.destroy(new Discarded());
    await this.#stored.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pending.length === 0) return;
    const chunk = Buffer.from(this.#pending.join(''));
    this.#pending = [];
    this.#pendingCharacters = 0;
    this.bytes += chunk.length;
    this.#hash.update(chunk);
    if (!this.#gzip.write(chunk)) await Promise.race([once(this.#gzip, 'drain'), this.#stored]);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
