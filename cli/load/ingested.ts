import type { S3Client } from '@aws-sdk/client-s3';
import { s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import type { Platform } from '../../infra/platform.ts';
import type { OnProgress } from '../ui.ts';
import { type IntakeCounts, IntakeReader, sum, type WaitOptions, waitForIntake } from './intake.ts';
import type { Receipt } from './receipt.ts';
import { differences, isComplete, recordsOf } from './receipt-intake.ts';

/**
 * Waits until the ledger accounts for everything that was sent, and adds it up by source. Throws `intake_stalled`, and
 * `counts_differ` when what arrived is not what was sent.
 */
export async function ingested(
  receipt: Receipt,
  { buckets }: Pick<Platform, 'buckets'>,
  onProgress: OnProgress,
  { client = s3(), ...wait }: WaitOptions & { readonly client?: S3Client } = {},
): Promise<Record<string, IntakeCounts>> {
  const reader = new IntakeReader(client, buckets.operations, new Date(receipt.startedAt));
  const isDone = (sofar: Awaited<ReturnType<IntakeReader['read']>>): boolean => {
    onProgress(`${sum(recordsOf(receipt, sofar)).received.toLocaleString('en')} rows ingested`);
    return isComplete(receipt, sofar);
  };
  const intake = await waitForIntake(reader, isDone, wait);
  const wrong = differences(receipt, intake);
  if (wrong.length > 0) {
    throw new TributaryError({ code: 'counts_differ', message: wrong.join('; '), where: receipt.dataset });
  }
  const records = recordsOf(receipt, intake);
  const sources = [...new Set(records.map(({ source }) => source))].sort();
  return Object.fromEntries(sources.map((name) => [name, sum(records.filter(({ source }) => source === name))]));
}
