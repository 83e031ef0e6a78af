import type { S3Client } from '@aws-sdk/client-s3';
import { s3 } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import type { Platform } from '../../infra/platform.ts';
import type { OnProgress } from '../ui.ts';
import type { CountEvents } from './event-counts.ts';
import { type Intake, type IntakeCounts, IntakeReader, sum, type WaitOptions, waitForIntake } from './intake.ts';
import type { Receipt } from './receipt.ts';
import { fileDifferences, fileRecords, isComplete, streamRecords } from './receipt-intake.ts';

/** Counts that must come out; of some sources it is not known how many records are refused. */
export interface ExpectedCounts {
  readonly received: number;
  readonly quarantined?: number;
}

export interface Ingested {
  /** By source. */
  readonly counts: Readonly<Record<string, IntakeCounts>>;
  /** Events that arrived more than once, each further time counted. */
  readonly repeated: number;
}

export interface IngestedOptions extends WaitOptions {
  readonly client?: S3Client;
  /** By source; of loads that send events. */
  readonly expectedEvents?: Readonly<Record<string, ExpectedCounts>>;
  readonly countEvents?: CountEvents;
}

/**
 * Waits until the ledger accounts for everything that was sent, and adds it up by source. Throws `intake_stalled`, and
 * `counts_differ` when what arrived is not what was sent.
 */
export async function ingested(
  receipt: Receipt,
  { buckets }: Pick<Platform, 'buckets'>,
  onProgress: OnProgress,
  { client = s3(), expectedEvents = {}, countEvents = async () => new Map(), ...wait }: IngestedOptions = {},
): Promise<Ingested> {
  const reader = new IntakeReader(client, buckets.operations, new Date(receipt.startedAt));
  const isDone = (sofar: Intake): boolean => {
    const records = [...fileRecords(receipt, sofar), ...streamRecords(receipt, sofar)];
    onProgress(`${sum(records).received.toLocaleString('en')} rows ingested`);
    return isComplete(receipt, sofar);
  };
  const intake = await waitForIntake(reader, isDone, wait);
  const events = await countEvents(receipt, Object.keys(expectedEvents));
  const wrong = [...fileDifferences(receipt, intake), ...eventDifferences(expectedEvents, events)];
  if (wrong.length > 0) {
    throw new TributaryError({ code: 'counts_differ', message: wrong.join('\n  '), where: receipt.dataset });
  }
  const files = fileRecords(receipt, intake);
  const sources = [...new Set([...files.map(({ source }) => source), ...events.keys()])].sort();
  const countsOf = (name: string) =>
    sum([...files.filter(({ source }) => source === name), ...[events.get(name) ?? []].flat()]);
  return {
    counts: Object.fromEntries(sources.map((name) => [name, countsOf(name)])),
    repeated: Math.max(0, sum(streamRecords(receipt, intake)).received - sum([...events.values()]).received),
  };
}

/** Sources whose events arrived otherwise than they were sent, in words. */
export function eventDifferences(
  expected: Readonly<Record<string, ExpectedCounts>>,
  found: ReadonlyMap<string, IntakeCounts>,
): string[] {
  const sources = [...new Set([...Object.keys(expected), ...found.keys()])].sort();
  return sources.flatMap((source) => {
    const { received = 0, quarantined: toRefuse } = expected[source] ?? {};
    const { accepted = 0, quarantined = 0 } = found.get(source) ?? {};
    if (accepted + quarantined === received && quarantined === (toRefuse ?? quarantined)) return [];
    const refused = toRefuse === undefined ? '' : `, ${toRefuse} of them to be refused`;
    return [`events of ${source}: sent ${received}${refused}, accepted ${accepted}, refused ${quarantined}`];
  });
}
