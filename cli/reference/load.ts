import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { s3 } from '../../common/aws.ts';
import { REFERENCE_FILES, type ReferenceFile, referencePath, referenceText } from '../../events/reference/files.ts';
import type { Platform } from '../../infra/platform.ts';
import { ingested } from '../load/ingested.ts';
import type { IntakeCounts, WaitOptions } from '../load/intake.ts';
import { ReceiptStore } from '../load/receipt.ts';
import { landingKey, upload } from '../load/upload.ts';
import type { OnProgress } from '../ui.ts';

export interface ReferenceResult {
  /** By source. */
  readonly counts: Readonly<Record<string, IntakeCounts>>;
  /** Sources whose present edition an earlier load had brought. */
  readonly loadedBefore: readonly string[];
}

type Options = WaitOptions & { readonly client?: S3Client };

/**
 * Lands the bundled files and waits until they are ingested. Each edition of a file has a receipt of its own, so that a
 * file is sent again only when it has changed. Throws `counts_differ` when what arrived is not what was sent.
 */
export async function loadReference(
  platform: Pick<Platform, 'buckets'>,
  onProgress: OnProgress,
  options: Options = {},
): Promise<ReferenceResult> {
  const files = Object.values(REFERENCE_FILES);
  const results = await Promise.all(files.map((file) => loadFile(file, platform, onProgress, options)));
  return {
    counts: Object.fromEntries(results.flatMap(({ counts }) => Object.entries(counts))),
    loadedBefore: files.filter((_, index) => results[index]?.isNew === false).map(({ source }) => source),
  };
}

async function loadFile(
  file: ReferenceFile,
  platform: Pick<Platform, 'buckets'>,
  onProgress: OnProgress,
  options: Options,
): Promise<{ readonly counts: Readonly<Record<string, IntakeCounts>>; readonly isNew: boolean }> {
  const { client = s3() } = options;
  const { landing, operations } = platform.buckets;
  const content = createHash('sha256')
    .update(await readFile(referencePath(file)))
    .digest('hex');
  const dataset = `reference-${file.source}-${content.slice(0, 12)}`;
  const store = await ReceiptStore.open(client, operations, { dataset, content });
  const { result } = store.receipt;
  if (result !== undefined) return { counts: result, isNew: false };

  const key = landingKey(file.source, file.name);
  if (store.receipt.files[key] === undefined) {
    const { etag } = await upload(client, landing, key, referencePath(file));
    await store.update(() => ({ files: { [key]: { etag, rows: rowsIn(file) } } }));
  }
  const { counts } = await ingested(store.receipt, platform, onProgress, options);
  await store.update(() => ({ result: counts }));
  return { counts, isNew: true };
}

function rowsIn(file: ReferenceFile): number {
  const text = referenceText(file);
  return file.name.endsWith('.json')
    ? (JSON.parse(text) as readonly unknown[]).length
    : text.trimEnd().split('\n').length - 1;
}
