import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { kinesis, s3 } from '../../common/aws.ts';
import { mapBounded } from '../../common/concurrency.ts';
import { TributaryError } from '../../common/errors.ts';
import type { Platform } from '../../infra/platform.ts';
import { DATASET_NAMES, type Dataset, type DatasetName, type PreparedDataset } from '../datasets/dataset.ts';
import { loadReference } from '../reference/load.ts';
import type { OnProgress } from '../ui.ts';
import { countEventsIn } from './event-counts.ts';
import { type Ingested, ingested } from './ingested.ts';
import { RECEIPTS, type Receipt, ReceiptStore } from './receipt.ts';
import { sendEvents } from './send-events.ts';
import { upload } from './upload.ts';

export interface LoadResult extends Ingested {
  readonly dataset: DatasetName;
  /** False when an earlier load had done it all. */
  readonly isNew: boolean;
}

/** Files that are made and uploaded at once. */
const FILES_AT_ONCE = 4;

/**
 * Loads a dataset and the reference data, waits until all is ingested, and compares what arrived with what was sent. A
 * finished load is recognised by its receipt and repeats nothing; a killed one goes on. Throws `counts_differ`,
 * `other_dataset`, `other_content`, `intake_stalled`.
 */
export async function loadDataset(dataset: Dataset, platform: Platform, onProgress: OnProgress): Promise<LoadResult> {
  const { name } = dataset;
  const { operations } = platform.buckets;
  await refuseOtherDataset(name, s3(), operations);
  const content = await dataset.content(onProgress);
  const store = await ReceiptStore.open(s3(), operations, { dataset: name, content });
  const { result, repeated = 0 } = store.receipt;
  if (result !== undefined) return { dataset: name, counts: result, repeated, isNew: false };

  const prepared = await dataset.prepare(onProgress);
  try {
    const [reference] = await Promise.all([
      loadReference(platform, () => {}),
      landFiles(prepared, store, platform, onProgress),
      ...prepared.events.map((sequence) =>
        sendEvents(sequence, {
          client: kinesis(),
          stream: platform.streams[sequence.stream] ?? sequence.stream,
          store,
        }),
      ),
    ]);
    const { expectedEvents } = prepared;
    const own = await ingested(store.receipt, platform, onProgress, {
      expectedEvents,
      countEvents: countEventsIn(platform),
    });
    const counts = byName({ ...own.counts, ...reference.counts });
    await store.update(() => ({ result: counts, repeated: own.repeated }));
    return { dataset: name, counts, repeated: own.repeated, isNew: true };
  } finally {
    await prepared.release();
  }
}

const byName = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Throws `other_dataset` when a load of another dataset has begun in this lake. */
export async function refuseOtherDataset(name: DatasetName, client: S3Client, bucket: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: RECEIPTS }));
  const other = DATASET_NAMES.find(
    (one) => one !== name && Contents.some(({ Key }) => Key === `${RECEIPTS}${one}.json`),
  );
  if (other === undefined) return;
  throw new TributaryError({
    code: 'other_dataset',
    message: `this lake holds the dataset ${other}, and ${name} wants one of its own`,
    advice: `start afresh with \`npm run down\`, then \`npm run demo -- --dataset ${name}\`; in AWS, take another environment`,
  });
}

async function landFiles(
  { files }: PreparedDataset,
  store: ReceiptStore,
  { buckets }: Platform,
  onProgress: OnProgress,
): Promise<void> {
  const missing = files.filter(({ key }) => store.receipt.files[key] === undefined);
  let landed = files.length - missing.length;
  await mapBounded(missing, FILES_AT_ONCE, async ({ key, open }) => {
    const { path, rows, quarantined, release } = await open();
    const { etag } = await upload(s3(), buckets.landing, key, path);
    await release();
    const sent: Receipt['files'][string] = { etag, rows, ...(quarantined !== undefined && { quarantined }) };
    await store.update((receipt) => ({ files: { ...receipt.files, [key]: sent } }));
    landed++;
    onProgress(`${landed.toLocaleString('en')} of ${files.length.toLocaleString('en')} files landed`);
  });
}
