import { batchId, bronzeKey, ledgerKey, quarantineKey } from '../../events/intake/keys.ts';
import { type IntakeRecord, ledgerText } from '../../events/intake/ledger.ts';
import { quarantineParquet } from '../../events/intake/quarantine.ts';
import { rawCipher } from '../../events/intake/raw-cipher.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';
import type { SourceShare, StreamIntake, StreamRecord } from './stream-intake.ts';

/** Records of one shard, in its order; at least one. */
export interface ShardBatch {
  readonly stream: string;
  readonly shard: string;
  readonly records: readonly StreamRecord[];
}

/**
 * Takes a batch into bronze and quarantine, an object per source each, and writes its ledger entry last. Names follow from
 * the sequence numbers and arrival times, so that a repeated batch writes over the same objects. Throws only when the
 * store or the keys fail; the whole batch may then be repeated.
 */
export async function ingestBatch(
  { stream, shard, records }: ShardBatch,
  intake: StreamIntake,
  destination: IntakeDestination,
): Promise<readonly IntakeRecord[]> {
  const started = performance.now();
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return [];
  const origin = `${stream}/${shard}`;
  const id = batchId(stream, shard, first.sequenceNumber, last.sequenceNumber);
  const shares = await intake.take(records, origin, destination.keys);
  await Promise.all(shares.map((share) => storeShare(share, id, first.arrivedAt, destination)));
  const entries = shares.map(
    (share): IntakeRecord => ({
      source: share.source,
      road: 'stream',
      origin,
      first_position: first.sequenceNumber,
      last_position: last.sequenceNumber,
      status: 'ingested',
      reason: null,
      message: null,
      received: share.received,
      accepted: share.bronze.rows,
      quarantined: share.quarantined.length,
      bytes: share.bytes,
      bronze_objects: Math.min(share.bronze.groups, 1),
      contract_version: share.contract?.version ?? null,
      received_at: first.arrivedAt.toISOString(),
      seconds: (performance.now() - started) / 1000,
    }),
  );
  await destination.store.write(destination.operations, ledgerKey(first.arrivedAt, id), ledgerText(entries));
  return entries;
}

async function storeShare(
  { source, bronze, quarantined }: SourceShare,
  id: string,
  receivedAt: Date,
  destination: IntakeDestination,
): Promise<void> {
  const { store } = destination;
  if (bronze.groups > 0) {
    await store.write(destination.bronze, bronzeKey(source, receivedAt, id, 0), bronze.finish());
  }
  if (quarantined.length > 0) {
    const key = quarantineKey(source, receivedAt, id, 0);
    const body = await quarantineParquet(source, receivedAt, quarantined, rawCipher(destination.keys));
    await store.write(destination.quarantine, key, body);
  }
}
