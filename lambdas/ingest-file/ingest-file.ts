import { contractOf } from '../../events/contracts/index.ts';
import { UNKNOWN_SOURCE } from '../../events/contracts/tables.ts';
import { fileId, ledgerKey, quarantineKey, refusedFileKey } from '../../events/intake/keys.ts';
import { type IntakeRecord, ledgerText } from '../../events/intake/ledger.ts';
import { quarantineParquet } from '../../events/intake/quarantine.ts';
import { readFile, type SourceFile } from '../../events/readers/read-file.ts';
import { FileRefusal } from '../../events/readers/refusal.ts';
import type { IntakeDestination } from '../shared/intake-destination.ts';
import type { ObjectHead, ObjectStore } from '../shared/object-store.ts';
import { type FileIdentity, FileIntake, INTAKE_LIMITS, type IntakeLimits } from './file-intake.ts';
import type { LandedObject } from './landed-object.ts';

/** What became of a landed object; `skipped` when it was taken in before, or is no longer there in that version. */
export type FileOutcome =
  | { readonly status: 'ingested' | 'refused'; readonly record: IntakeRecord }
  | { readonly status: 'skipped'; readonly reason: string };

const sourceFile = (source: string, object: ObjectHead, store: ObjectStore): SourceFile => ({
  name: object.key,
  source,
  bytes: object.bytes,
  read: (start, end) => store.range(object, start, end),
  stream: (start) => store.stream(object, start),
});

/**
 * Takes one file from the landing bucket into bronze and quarantine. Its ledger entry, written last, says that it is
 * done; an interrupted attempt is repeated whole and writes over the same objects.
 */
export async function ingestFile(
  landed: LandedObject,
  destination: IntakeDestination,
  limits: IntakeLimits = INTAKE_LIMITS,
): Promise<FileOutcome> {
  const { store, operations } = destination;
  const started = performance.now();
  if (landed.key.endsWith('/')) return { status: 'skipped', reason: 'a folder, not a file' };
  const object = await store.head(landed.bucket, landed.key);
  if (object === undefined) return { status: 'skipped', reason: 'the object is no longer there' };
  if (landed.etag !== object.etag) {
    return { status: 'skipped', reason: 'the object has been written over; its own event follows' };
  }
  const id = fileId(object.key, object.etag);
  const file: FileIdentity = { id, origin: `${object.key}#${object.etag}`, receivedAt: object.lastModified };
  const ledger = ledgerKey(file.receivedAt, id);
  if (await store.head(operations, ledger)) return { status: 'skipped', reason: 'taken in before' };
  const result = await takeIn(object, file, destination, limits);
  const record = { ...result, seconds: (performance.now() - started) / 1000 };
  await store.write(operations, ledger, ledgerText([record]));
  return { status: record.status, record };
}

type Result = Omit<IntakeRecord, 'seconds'>;

async function takeIn(
  object: ObjectHead,
  file: FileIdentity,
  destination: IntakeDestination,
  limits: IntakeLimits,
): Promise<Result> {
  const source = object.key.split('/')[0] ?? '';
  const contract = object.key.includes('/') ? contractOf(source) : undefined;
  if (contract === undefined) {
    const message = `no contract is named ${JSON.stringify(source)}: files belong under <source>/ in the landing bucket`;
    return refuse(new FileRefusal('unknown_source', message), UNKNOWN_SOURCE, object, file, destination);
  }
  const intake = new FileIntake(contract, file, destination, limits);
  try {
    await readFile(sourceFile(source, object, destination.store), intake);
    await intake.finish();
  } catch (thrown) {
    if (!(thrown instanceof FileRefusal)) throw thrown;
    await intake.discard();
    return refuse(thrown, contract.source, object, file, destination);
  }
  const { received, accepted, quarantined } = intake;
  return {
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
  };
}

const basics = (source: string, object: ObjectHead, file: FileIdentity) => ({
  source,
  road: 'file' as const,
  origin: file.origin,
  bytes: object.bytes,
  received_at: file.receivedAt.toISOString(),
});

/** Puts a file aside whole: a copy of it, one record in quarantine that says why; it counts as one record received. */
async function refuse(
  { problem }: FileRefusal,
  source: string,
  object: ObjectHead,
  file: FileIdentity,
  { store, quarantine }: IntakeDestination,
): Promise<Result> {
  const copy = refusedFileKey(object.key, file.receivedAt, file.id);
  await store.copy(object, quarantine, copy);
  const record = {
    road: 'file' as const,
    origin: file.origin,
    position: '0',
    problems: [problem],
    raw: `s3://${quarantine}/${copy}`,
    shown: `s3://${quarantine}/${copy}`,
    eventId: null,
    contractVersion: null,
    receivedAt: BigInt(file.receivedAt.getTime()) * 1000n,
  };
  const key = quarantineKey(source, file.receivedAt, file.id, 0);
  // The address of the copy is nothing to seal.
  await store.write(quarantine, key, await quarantineParquet(source, [record], undefined));
  return {
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
  };
}
