import type { Contract } from '../../events/contracts/contract.ts';
import { contractOf } from '../../events/contracts/index.ts';
import { UNKNOWN_SOURCE } from '../../events/contracts/tables.ts';
import { sealedFile } from '../../events/intake/file-cipher.ts';
import {
  bronzePrefix,
  fileId,
  ledgerKey,
  quarantineKey,
  quarantinePrefix,
  refusedFileKey,
  WHOLE_FILE,
} from '../../events/intake/keys.ts';
import { type IntakeRecord, ledgerText } from '../../events/intake/ledger.ts';
import { quarantineParquet } from '../../events/intake/quarantine.ts';
import type { RawCipher } from '../../events/intake/raw-cipher.ts';
import { readFile, type SourceFile } from '../../events/readers/read-file.ts';
import { FileRefusal } from '../../events/readers/refusal.ts';
import { FAILED_BATCHES_PREFIX } from '../../events/replay/failed-batches.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';
import type { ObjectHead, ObjectStore } from '../shared/object-store.ts';
import { type Checkpoint, readCheckpoint, removeCheckpoint } from './checkpoint.ts';
import { FileIntake, OutOfTime } from './file-intake.ts';
import type { LandedObject } from './landed-object.ts';
import { type FileIdentity, type IntakeLimits, limitsOf } from './segment.ts';

/**
 * What became of a landed object: `unfinished` when the call's time is over and another must go on, `skipped` when it was
 * taken in before, or is no longer there in that version.
 */
export type FileOutcome =
  | { readonly status: 'ingested' | 'refused'; readonly record: IntakeRecord }
  | { readonly status: 'unfinished'; readonly received: number }
  | { readonly status: 'skipped'; readonly reason: string };

/** How a call may take a file in; without limits of time by default. */
export interface Conditions {
  readonly limits?: IntakeLimits;
  /** Whether the call has time to go on. */
  readonly hasTime?: () => boolean;
}

/** Larger ones would take longer to put aside than a call may last. */
const MAX_FILE_BYTES = 5 * 1024 ** 3;

const sourceFile = (source: string, object: ObjectHead, store: ObjectStore): SourceFile => ({
  name: object.key,
  source,
  bytes: object.bytes,
  read: (start, end) => store.range(object, start, end),
  stream: (start) => store.stream(object, start),
});

/**
 * Takes one file from the landing bucket into bronze and quarantine, or as much of it as there is time for. Its ledger
 * entry, written last, says that it is done. Segments of a file always become the same objects, so that a call may be
 * repeated, interrupted, or run beside another of the same file: it goes on from whatever checkpoint there is, and writes
 * over what others have written, with the same.
 */
export async function ingestFile(
  landed: LandedObject,
  destination: IntakeDestination,
  conditions: Conditions = {},
): Promise<FileOutcome> {
  const { store, operations } = destination;
  if (landed.key.endsWith('/')) return { status: 'skipped', reason: 'a folder, not a file' };
  if (landed.key.startsWith(FAILED_BATCHES_PREFIX)) return { status: 'skipped', reason: 'a failed batch, not a file' };
  const object = await store.head(landed.bucket, landed.key);
  if (object === undefined) return { status: 'skipped', reason: 'the object is no longer there' };
  if (landed.etag !== object.etag) {
    return { status: 'skipped', reason: 'the object has been written over; its own event follows' };
  }
  const id = fileId(object.key, object.etag);
  const file: FileIdentity = { id, origin: `${object.key}#${object.etag}`, receivedAt: object.lastModified };
  const ledger = ledgerKey(file.receivedAt, id);
  const known = await store.head(operations, ledger);
  if (known) {
    await tidyUp(known, file, destination);
    return { status: 'skipped', reason: 'taken in before' };
  }
  const outcome = await takeIn(object, file, destination, conditions);
  if (outcome.status === 'unfinished') return outcome;
  await store.write(operations, ledger, ledgerText([outcome.record]));
  await removeCheckpoint(destination, id);
  return outcome;
}

/** A call that ran beside the one which finished may have left something behind it. */
async function tidyUp(ledger: ObjectHead, file: FileIdentity, destination: IntakeDestination): Promise<void> {
  await removeCheckpoint(destination, file.id);
  const text = Buffer.from(await destination.store.range(ledger, 0, ledger.bytes)).toString('utf8');
  const { status, source } = JSON.parse(text) as IntakeRecord;
  if (status === 'refused') await removeSegments(source, file, destination);
}

async function takeIn(
  object: ObjectHead,
  file: FileIdentity,
  destination: IntakeDestination,
  { limits, hasTime = () => true }: Conditions,
): Promise<Exclude<FileOutcome, { status: 'skipped' }>> {
  const source = object.key.split('/')[0] ?? '';
  const contract = object.key.includes('/') ? contractOf(source) : undefined;
  if (contract === undefined) {
    const message = 'its folder is no source: files belong under <source>/ in the landing bucket';
    return refuse(new FileRefusal('unknown_source', message), UNKNOWN_SOURCE, object, file, destination);
  }
  const from = await checkpointFor(contract, file, destination);
  const intake = new FileIntake(contract, file, destination, {
    limits: limits ?? limitsOf(contract),
    hasTime,
    from,
  });
  try {
    if (object.bytes > MAX_FILE_BYTES)
      throw new FileRefusal('file_too_large', 'the file has more than 5 GiB: split it');
    await readFile(sourceFile(source, object, destination.store), intake, from?.resume?.point);
    await intake.finish();
  } catch (thrown) {
    if (thrown instanceof OutOfTime) return { status: 'unfinished', received: intake.received };
    if (!(thrown instanceof FileRefusal)) throw thrown;
    return refuse(thrown, contract.source, object, file, destination, intake.seconds);
  }
  const { received, accepted, quarantined } = intake;
  const record: IntakeRecord = {
    ...basics(contract.source, object, file),
    status: 'ingested',
    reason: null,
    message: null,
    first_position: received > 0 ? '1' : null,
    last_position: received > 0 ? String(received) : null,
    received,
    accepted,
    quarantined,
    bronze_objects: intake.bronzeObjects,
    contract_version: contract.version,
    seconds: intake.seconds,
  };
  return { status: 'ingested', record };
}

/** Where to go on; from the beginning, with nothing left over, where another version of the contract was in force. */
async function checkpointFor(
  contract: Contract,
  file: FileIdentity,
  destination: IntakeDestination,
): Promise<Checkpoint | undefined> {
  const checkpoint = await readCheckpoint(destination, file.id);
  if (checkpoint === undefined || checkpoint.contractVersion === contract.version) return checkpoint;
  await removeSegments(contract.source, file, destination);
  return undefined;
}

/** Takes back what segments have stored; what the file's refusal has left in quarantine stays. */
async function removeSegments(
  source: string,
  { receivedAt, id }: FileIdentity,
  { store, bronze, quarantine }: IntakeDestination,
): Promise<void> {
  const folders = [
    [bronze, bronzePrefix(source, receivedAt, id)],
    [quarantine, quarantinePrefix(source, receivedAt, id)],
  ] as const;
  for (const [bucket, prefix] of folders) {
    for (const key of await store.list(bucket, prefix)) {
      if (key !== quarantineKey(source, receivedAt, id, WHOLE_FILE)) await store.remove(bucket, key);
    }
  }
}

const basics = (source: string, object: ObjectHead, file: FileIdentity) => ({
  source,
  road: 'file' as const,
  origin: file.origin,
  bytes: object.bytes,
  received_at: file.receivedAt.toISOString(),
});

/** The address of a file is nothing to seal. */
const IN_CLEAR: RawCipher = {
  seal: async (_source, _receivedAt, records) => records.map(({ raw }) => raw),
  open: async (_source, texts) => texts,
};

/**
 * Puts a file aside whole: a copy of it, one record in quarantine that says why, and nothing else; it counts as one record
 * received.
 */
async function refuse(
  { problem }: FileRefusal,
  source: string,
  object: ObjectHead,
  file: FileIdentity,
  destination: IntakeDestination,
  seconds = 0,
): Promise<{ readonly status: 'refused'; readonly record: IntakeRecord }> {
  const { store, quarantine } = destination;
  await removeSegments(source, file, destination);
  const address = await copyAside(object, source, file, destination);
  const quarantined = {
    road: 'file' as const,
    origin: file.origin,
    position: '0',
    problems: [problem],
    raw: address,
    subject: undefined,
    eventId: null,
    contractVersion: null,
    receivedAt: BigInt(file.receivedAt.getTime()) * 1000n,
  };
  const key = quarantineKey(source, file.receivedAt, file.id, WHOLE_FILE);
  await store.write(quarantine, key, await quarantineParquet(source, file.receivedAt, [quarantined], IN_CLEAR));
  const record: IntakeRecord = {
    ...basics(source, object, file),
    status: 'refused',
    reason: problem.code,
    message: problem.message,
    first_position: null,
    last_position: null,
    received: 1,
    accepted: 0,
    quarantined: 1,
    bronze_objects: 0,
    contract_version: null,
    seconds,
  };
  return { status: 'refused', record };
}

/** Where the refused file lies: a sealed copy of it, or the file itself when it is too large for one. */
async function copyAside(
  object: ObjectHead,
  source: string,
  file: FileIdentity,
  { store, quarantine, keys }: IntakeDestination,
): Promise<string> {
  if (object.bytes > MAX_FILE_BYTES) return `s3://${object.bucket}/${object.key}`;
  const copy = refusedFileKey(object.key, file.receivedAt, file.id);
  await store.writeStream(quarantine, copy, await sealedFile(await store.stream(object), source, file, keys));
  return `s3://${quarantine}/${copy}`;
}
