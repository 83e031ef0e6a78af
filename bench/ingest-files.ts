// Files of each format, and one that is larger than memory, through the core of ingest-file: `node bench/ingest-files.ts`.
// A million lines of sales each, from a source without personal data. The large one is made as it is read, 2 GiB by default
// (`node bench/ingest-files.ts large 5` for 5 GiB), and taken in by calls of at most 60 seconds each, as on Lambda.
// Each runs in a process of its own; objects are encoded in full and then thrown away.
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip, gzipSync } from 'node:zlib';
import { ingestFile } from '../lambdas/ingest-file/ingest-file.ts';
import type { ObjectHead, ObjectStore } from '../lambdas/shared/object-store.ts';
import { MemoryKeys } from '../test/fixtures/memory-keys.ts';
import { csvBytes, csvStream, excelFile, linesWithin } from './generated-sales.ts';

const LINES = 1_000_000;
const CALL_SECONDS = 60;
const RECEIVED_AT = new Date('2026-11-01T00:00:00Z');

type Landing = Pick<ObjectStore, 'stream' | 'range'> & { readonly bytes: number };

/** A store that has one file in its landing bucket, keeps small things (checkpoints), and forgets the rest. */
function storeWith(landing: Landing, key: string): ObjectStore {
  const kept = new Map<string, Buffer>();
  const nameOf = (bucket: string, name: string) => `${bucket}/${name}`;
  const head = (bucket: string, name: string, bytes: number): ObjectHead => ({
    bucket,
    key: name,
    etag: 'e',
    bytes,
    lastModified: RECEIVED_AT,
  });
  return {
    head: async (bucket, name) => {
      if (bucket === 'landing') return name === key ? head(bucket, name, landing.bytes) : undefined;
      const object = kept.get(nameOf(bucket, name));
      return object && head(bucket, name, object.length);
    },
    stream: landing.stream,
    range: async (object, start, end) => {
      if (object.bucket === 'landing') return landing.range(object, start, end);
      const stored = kept.get(nameOf(object.bucket, object.key)) ?? Buffer.alloc(0);
      return new Uint8Array(stored.subarray(start, end)).buffer;
    },
    write: async (bucket, name, body) => {
      if (bucket === 'operations') kept.set(nameOf(bucket, name), Buffer.from(body));
    },
    writeStream: async () => {},
    remove: async (bucket, name) => void kept.delete(nameOf(bucket, name)),
    list: async () => [],
  };
}

async function fileOf(path: string): Promise<Landing> {
  return {
    bytes: (await stat(path)).size,
    stream: async (_object, start = 0) => createReadStream(path, { start }),
    range: async (_object, start, end) => {
      const file = await open(path);
      const { buffer } = await file.read(new Uint8Array(end - start), 0, end - start, start);
      await file.close();
      return buffer.buffer;
    },
  };
}

function generated(lines: number): Landing {
  return {
    bytes: csvBytes(lines),
    stream: async (_object, start = 0) => csvStream(lines, start),
    range: async (_object, start, end) => {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of csvStream(lines, start)) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= end - start) break;
      }
      return new Uint8Array(Buffer.concat(chunks).subarray(0, end - start)).buffer;
    },
  };
}

async function measure(name: string, landing: Landing): Promise<void> {
  const key = `pos_transactions/${name}`;
  const store = storeWith(landing, key);
  const destination = {
    store,
    bronze: 'bronze',
    quarantine: 'quarantine',
    operations: 'operations',
    keys: new MemoryKeys(),
  };
  const started = performance.now();
  for (let calls = 1; ; calls++) {
    const callStarted = performance.now();
    const hasTime = () => performance.now() - callStarted < CALL_SECONDS * 1000;
    const outcome = await ingestFile({ bucket: 'landing', key, etag: 'e' }, destination, { hasTime });
    if (outcome.status === 'unfinished') continue;
    if (outcome.status !== 'ingested') throw new Error(JSON.stringify(outcome));
    report(name, landing.bytes, outcome.record.accepted, (performance.now() - started) / 1000, calls);
    return;
  }
}

function report(name: string, bytes: number, records: number, seconds: number, calls: number): void {
  const { user, system } = process.cpuUsage();
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${name}: ${Math.round(bytes / 1024 ** 2)} MiB, ${records.toLocaleString('en')} accepted in ${seconds.toFixed(1)} s ` +
      `(${calls} calls), ${((user + system) / 1e6).toFixed(1)} s of processor time, ${memory} MiB at most`,
  );
}

async function measureAll(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const csv = join(folder, 'sales.csv');
  await pipeline(Readable.from(csvStream(LINES, 0)), createWriteStream(csv));
  await pipeline(createReadStream(csv), createGzip({ level: 1 }), createWriteStream(`${csv}.gz`));
  const excel = await excelFile(LINES);
  await writeFile(join(folder, 'sales.xlsx'), excel);
  await writeFile(join(folder, 'sales.xlsx.gz'), gzipSync(excel, { level: 1 }));
  const run = (...args: readonly string[]) =>
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  for (const name of ['sales.csv', 'sales.csv.gz', 'sales.xlsx', 'sales.xlsx.gz']) run('file', join(folder, name));
  await rm(folder, { recursive: true });
  run('large', '2');
}

const [, , mode, argument = ''] = process.argv;
if (mode === 'file') await measure(argument.split('/').at(-1) ?? '', await fileOf(argument));
else if (mode === 'large') await measure('large.csv', generated(linesWithin(Number(argument) * 1024 ** 3)));
else await measureAll();
