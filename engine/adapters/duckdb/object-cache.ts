import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mapBounded } from '../../../common/concurrency.ts';
import { TributaryError } from '../../../common/errors.ts';
import { s3Error } from '../../../common/s3-errors.ts';
import { parseS3Uri } from '../../../common/s3-uri.ts';
import type { InputFile } from '../adapter.ts';
import { isDiskFull } from './disk-full.ts';
import { removeAbandoned, scratchPath } from './scratch.ts';

export interface ObjectCacheOptions {
  readonly s3: S3Client;
  /** May be shared by several processes. */
  readonly directory: string;
  /** Above this the files that were used longest ago are removed. */
  readonly maxBytes: number;
  /** How long a file stays after its last use by any process, in milliseconds, even above `maxBytes`. */
  readonly graceMs?: number;
  /** Downloads at a time. */
  readonly parallel?: number;
}

const GRACE_MS = 60_000;
const PARALLEL_DOWNLOADS = 8;
const INCOMING = 'incoming';
/** How many processes are thought to share a directory; a few more do no harm. */
const PROCESSES = 4;

/**
 * Copies of S3 objects on the local disk, by URI and ETag (by URI alone where the object is written once). A file
 * appears whole or not at all, so processes may share the directory. Files handed out stay until they are released.
 */
export class ObjectCache {
  private readonly options: Required<ObjectCacheOptions>;
  private readonly inUse = new Map<string, number>();
  private readonly downloads = new Map<string, Promise<void>>();
  /** Bytes that came since the directory was listed last, and how many may come before it is listed again. */
  private grown = 0;
  private room = 0;

  constructor(options: ObjectCacheOptions) {
    this.options = { graceMs: GRACE_MS, parallel: PARALLEL_DOWNLOADS, ...options };
  }

  /** Hands local copies to `work`, in the order of `files`, and releases them when it is done. */
  async use<T>(files: readonly InputFile[], work: (localPaths: readonly string[]) => Promise<T>): Promise<T> {
    const paths = await this.fetch(files);
    try {
      return await work(paths);
    } finally {
      this.release(paths);
    }
  }

  /**
   * Local paths of the objects, in the same order, downloading what is not there. They end in the object's
   * `name=value` folders and file name. Hold them no longer than needed, then `release` them.
   * Throws `object_missing` or `object_changed`.
   */
  async fetch(files: readonly InputFile[]): Promise<readonly string[]> {
    const paths = files.map((file) => this.pathOf(file));
    for (const path of paths) this.inUse.set(path, (this.inUse.get(path) ?? 0) + 1);
    try {
      await mapBounded(files, this.options.parallel, (file) => this.ensure(file));
      if (this.grown > this.room) await this.evict(this.options);
      return paths;
    } catch (error) {
      this.release(paths);
      throw error;
    }
  }

  release(paths: readonly string[]): void {
    for (const path of paths) {
      const uses = (this.inUse.get(path) ?? 1) - 1;
      if (uses > 0) this.inUse.set(path, uses);
      else this.inUse.delete(path);
    }
  }

  /** A new folder on the cache's disk for files that are being made; remove it when done. */
  async stagingFolder(): Promise<string> {
    const folder = await scratchPath(join(this.options.directory, INCOMING));
    await mkdir(folder);
    return folder;
  }

  /** Takes a staged file as the copy of the write-once object that it was uploaded to. */
  async adopt(stagedPath: string, uri: string): Promise<void> {
    const path = this.pathOf({ uri });
    await mkdir(dirname(path), { recursive: true });
    await rename(stagedPath, path);
    await touch(path);
    this.grown += (await stat(path)).size;
  }

  private pathOf({ uri, etag }: Pick<InputFile, 'uri' | 'etag'>): string {
    const { key } = parseS3Uri(uri);
    const entry = createHash('sha256')
      .update(`${uri}\n${etag ?? ''}`)
      .digest('hex')
      .slice(0, 32);
    const partition = key
      .split('/')
      .slice(0, -1)
      .filter((segment) => segment.includes('='));
    return join(this.options.directory, entry, ...partition, basename(key));
  }

  /** Downloads what is not there; callers at the same time share one download. */
  private ensure(file: InputFile): Promise<void> {
    const path = this.pathOf(file);
    const underway = this.downloads.get(path);
    if (underway !== undefined) return underway;
    const copy = this.copy(file, path).finally(() => this.downloads.delete(path));
    this.downloads.set(path, copy);
    return copy;
  }

  private async copy(file: InputFile, path: string): Promise<void> {
    if (await touch(path)) return;
    try {
      await this.download(file, path);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // The disk may be smaller than thought, or others fill it: what nobody uses makes room.
      await this.evict({ maxBytes: 0, graceMs: 0 });
      await this.download(file, path);
    }
    this.grown += file.bytes;
  }

  private async download(file: InputFile, path: string): Promise<void> {
    const temporary = await scratchPath(join(this.options.directory, INCOMING));
    try {
      await pipeline(await this.open(file), createWriteStream(temporary));
      const { size } = await stat(temporary);
      if (size !== file.bytes) throw changed(file, `it has ${size} bytes where ${file.bytes} were expected`);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  private async open(file: InputFile): Promise<Readable> {
    const { bucket, key } = parseS3Uri(file.uri);
    try {
      const { Body } = await this.options.s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...(file.etag === undefined ? {} : { IfMatch: file.etag }) }),
      );
      if (Body instanceof Readable) return Body;
      throw new TypeError('the S3 client returned no stream');
    } catch (error) {
      throw asObjectError(error, file);
    }
  }

  /** Removes the entries used longest ago until the rest fits. */
  private async evict({
    maxBytes,
    graceMs,
  }: Pick<Required<ObjectCacheOptions>, 'maxBytes' | 'graceMs'>): Promise<void> {
    const { directory } = this.options;
    this.grown = 0;
    await removeAbandoned(join(directory, INCOMING));
    const entries = await listEntries(directory);
    let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    const inUse = new Set([...this.inUse.keys()].map((path) => relative(directory, path).split(sep)[0]));
    const newestRemovable = Date.now() - graceMs;
    for (const entry of entries.sort((a, b) => a.usedMs - b.usedMs)) {
      if (total <= maxBytes || entry.usedMs > newestRemovable) break;
      if (inUse.has(entry.name)) continue;
      await rm(join(directory, entry.name), { recursive: true, force: true });
      total -= entry.bytes;
    }
    // Other processes fill the directory too.
    this.room = (maxBytes - total) / PROCESSES;
  }
}

interface Entry {
  readonly name: string;
  readonly bytes: number;
  readonly usedMs: number;
}

async function listEntries(directory: string): Promise<Entry[]> {
  const names = (await readdir(directory)).filter((name) => name !== INCOMING);
  const entries = await mapBounded(names, PARALLEL_DOWNLOADS, async (name) => {
    const folder = join(directory, name);
    const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const file = files.find((found) => found.isFile());
    // Another process may have removed it in the meantime.
    const found = file && (await stat(join(file.parentPath, file.name)).catch(() => undefined));
    return found && { name, bytes: found.size, usedMs: found.mtimeMs };
  });
  return entries.filter((entry) => entry !== undefined);
}

/** Marks the file as used now; false where it is not there. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

function asObjectError(error: unknown, file: InputFile): Error {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  if (status === 412) return changed(file, 'it was overwritten');
  if (!(error instanceof NoSuchKey)) return s3Error(error, file.uri);
  return new TributaryError({
    code: 'object_missing',
    message: 'the object is listed as part of a table but is not in its bucket',
    where: file.uri,
    advice: 'It was deleted outside Tributary, or its snapshot has expired. Read the table’s current version again.',
    cause: error,
  });
}

const changed = (file: InputFile, how: string): TributaryError =>
  new TributaryError({
    code: 'object_changed',
    message: `the object changed after it was listed: ${how}`,
    where: file.uri,
    advice: 'Run the build again; it will list its inputs afresh.',
  });
