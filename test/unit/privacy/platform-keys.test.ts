import { randomBytes } from 'node:crypto';
import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { BatchGetCommand, DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { decrypt, encrypt } from '../../../events/privacy/cipher.ts';
import type { KeyState } from '../../../events/privacy/subject-key.ts';
import { ingestBatch } from '../../../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake } from '../../../lambdas/ingest-stream/stream-intake.ts';
import { kmsEncryption } from '../../../lambdas/shared/key-encryption.ts';
import { KeyTable } from '../../../lambdas/shared/key-table.ts';
import { PlatformKeys } from '../../../lambdas/shared/platform-keys.ts';
import { MemoryObjectStore } from '../../fixtures/memory-object-store.ts';
import { posEvent } from '../../fixtures/pos-event.ts';

type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly ttl?: number };

const dynamo = mockClient(DynamoDBDocumentClient);
const kms = mockClient(KMSClient);

/** What the services do besides what is asked of them. */
interface Faults {
  /** Calls to fail, by how many there were before. */
  throttles: (call: number) => boolean;
  /** Items of a read that are left for the next call. */
  unprocessed: number;
  /** Writes of others that run into ours. */
  conflicts: number;
  kmsThrottles: number;
}

let items: Map<string, Item>;
let faults: Faults;
let calls: number;
const waits: number[] = [];

const throttled = (name: string): Error => Object.assign(new Error('slow down'), { name });

beforeEach(() => {
  items = new Map();
  faults = { throttles: () => false, unprocessed: 0, conflicts: 0, kmsThrottles: 0 };
  calls = 0;
  waits.length = 0;
  dynamo.reset();
  kms.reset();
  dynamo.on(BatchGetCommand).callsFake(({ RequestItems: { keys } }: { RequestItems: { keys: { Keys: Item[] } } }) => {
    if (faults.throttles(calls++)) throw throttled('ProvisionedThroughputExceededException');
    expect(keys.Keys.length).toBeLessThanOrEqual(100);
    const served = keys.Keys.slice(0, Math.max(1, keys.Keys.length - faults.unprocessed));
    const rest = keys.Keys.slice(served.length);
    return {
      Responses: { keys: served.flatMap(({ pk }) => items.get(pk) ?? []) },
      ...(rest.length > 0 && { UnprocessedKeys: { keys: { Keys: rest } } }),
    };
  });
  dynamo.on(TransactWriteCommand).callsFake(({ TransactItems }: { TransactItems: { Put: { Item: Item } }[] }) => {
    if (faults.throttles(calls++)) throw throttled('ThrottlingException');
    expect(TransactItems.length).toBeLessThanOrEqual(100);
    const isTaken = ({ pk }: Item) =>
      (items.get(pk)?.ttl ?? Number.POSITIVE_INFINITY) > Date.now() / 1000 && items.has(pk);
    const hasConflict = faults.conflicts-- > 0;
    const reasons = TransactItems.map(({ Put }, at) => {
      if (isTaken(Put.Item)) return { Code: 'ConditionalCheckFailed' };
      return { Code: hasConflict && at === 0 ? 'TransactionConflict' : 'None' };
    });
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: reasons });
    }
    for (const { Put } of TransactItems) items.set(Put.Item.pk, Put.Item);
    return {};
  });
  kms.on(GenerateDataKeyCommand).callsFake(({ EncryptionContext }) => {
    if (faults.kmsThrottles-- > 0) throw throttled('ThrottlingException');
    const key = randomBytes(32);
    return { Plaintext: key, CiphertextBlob: Buffer.concat([Buffer.from(`${EncryptionContext.name}|`), key]) };
  });
  kms.on(DecryptCommand).callsFake(({ EncryptionContext, CiphertextBlob }) => {
    if (faults.kmsThrottles-- > 0) throw throttled('ThrottlingException');
    const name = `${EncryptionContext.name}|`;
    expect(Buffer.from(CiphertextBlob).subarray(0, name.length).toString()).toBe(name);
    return { Plaintext: CiphertextBlob.subarray(name.length) };
  });
});

/** Keys as a process of its own has them. */
function process(now: () => Date = () => new Date()): PlatformKeys {
  const backoff = {
    attempts: 4,
    wait: async (ms: number) => {
      waits.push(ms);
    },
  };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const table = new KeyTable(client, 'keys', backoff);
  const encryption = kmsEncryption(new KMSClient({ region: 'us-east-1' }), 'alias/test', backoff);
  return new PlatformKeys({ table, encryption, now });
}

const place = { source: 's', field: 'f', subject: 'x' };
const names = (count: number, from = 0) => new Set(Array.from({ length: count }, (_, at) => `subject-${from + at}`));

function usable(key: KeyState | undefined) {
  if (key === undefined || key === 'erased') throw new Error('no key');
  return key;
}

/** What a key encrypts, which tells keys apart. */
const mark = (key: KeyState | undefined): string => encrypt('mark', usable(key), place);
const marks = (keys: ReadonlyMap<string, KeyState>): Record<string, string> =>
  Object.fromEntries([...keys].map(([name, key]) => [name, mark(key)]));

describe('the key of a subject', () => {
  it('is made once, and is the same for every process', async () => {
    const first = await process().obtain(names(3));
    const second = await process().obtain(names(3));
    expect(first.size).toBe(3);
    expect(marks(second)).toEqual(marks(first));
    expect(new Set(Object.values(marks(first))).size).toBe(3);
  });

  it('is kept only wrapped', async () => {
    await process().obtain(names(1));
    expect(items.get('subject-0')).toMatchObject({
      wrapping_key: expect.stringMatching(/^platform\/wrapping\/\d{4}-\d\d$/),
    });
    expect(items.get('subject-0')?.wrapped).toHaveLength(12 + 32 + 16);
  });

  it('is one for all who ask at the same time', async () => {
    const processes = Array.from({ length: 8 }, () => process());
    const all = await Promise.all(processes.map((one, at) => one.obtain(names(150, at * 20))));
    const seen = new Map<string, string>();
    for (const keys of all) {
      expect(keys.size).toBe(150);
      for (const [name, key] of keys) {
        expect(mark(key)).toBe(seen.get(name) ?? mark(key));
        seen.set(name, mark(key));
      }
    }
    expect(kms.commandCalls(GenerateDataKeyCommand).length).toBeGreaterThan(0);
    expect([...items.keys()].filter((name) => name.startsWith('platform/wrapping/'))).toHaveLength(1);
  });

  it('is read a hundred at a time, and not again as long as it is remembered', async () => {
    const keys = process();
    await keys.obtain(names(1000));
    const reads = dynamo.commandCalls(BatchGetCommand).length;
    await keys.obtain(names(1000));
    expect(dynamo.commandCalls(BatchGetCommand).length).toBe(reads);
    expect(dynamo.commandCalls(TransactWriteCommand).length).toBe(10 + 1);
    expect(kms.commandCalls(GenerateDataKeyCommand).length).toBe(1);
  });

  it('is only looked for by those who read', async () => {
    const keys = process();
    expect(await keys.find(names(2))).toEqual(new Map());
    expect(items.size).toBe(0);
  });

  it('can be unwrapped after the month that it was made in', async () => {
    const before = await process(() => new Date('2026-10-31T23:59:59Z')).obtain(names(1));
    const later = process(() => new Date('2026-11-01T00:00:00Z'));
    const after = await later.obtain(names(2));
    expect(mark(after.get('subject-0'))).toBe(mark(before.get('subject-0')));
    expect(items.get('subject-1')?.wrapping_key).toBe('platform/wrapping/2026-11');
  });

  it('is not made again for an erased subject', async () => {
    items.set('subject-0', { pk: 'subject-0', erased_at: '2026-11-21T00:00:00Z' });
    const keys = await process().obtain(names(2));
    expect(keys.get('subject-0')).toBe('erased');
    expect(mark(keys.get('subject-1'))).toMatch(/^v1\./);
    expect(items.get('subject-0')).toEqual({ pk: 'subject-0', erased_at: '2026-11-21T00:00:00Z' });
  });

  it('is forgotten a quarter of an hour after it was read', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T10:00:00Z') });
    try {
      const keys = process();
      await keys.obtain(names(1));
      items.set('subject-0', { pk: 'subject-0', erased_at: '2026-11-21T10:00:01Z' });
      expect((await keys.find(names(1))).get('subject-0')).not.toBe('erased');
      vi.setSystemTime(new Date('2026-11-21T10:15:00Z'));
      expect((await keys.find(names(1))).get('subject-0')).toBe('erased');
    } finally {
      vi.useRealTimers();
    }
  });

  it('that was moved to another name is of no use', async () => {
    await process().obtain(names(1));
    items.set('subject-9', { ...items.get('subject-0'), pk: 'subject-9' });
    await expect(process().find(new Set(['subject-9']))).rejects.toMatchObject({ code: 'damaged_key' });
  });
});

describe('a key with a lifetime', () => {
  it('is gone after it, also while the table still has it, and another takes its place', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-01T00:00:00Z') });
    try {
      const before = await process().obtain(names(1), 30);
      expect(items.get('subject-0')?.ttl).toBe(Date.parse('2026-12-01T00:00:00Z') / 1000);
      vi.setSystemTime(new Date('2026-12-01T00:00:01Z'));
      expect((await process().find(names(1))).size).toBe(0);
      const after = await process().obtain(names(1), 30);
      expect(mark(after.get('subject-0'))).not.toBe(mark(before.get('subject-0')));
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('tokens', () => {
  it('are made with one key, by every process at any time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => process().tokens()));
    const token = all[0]?.ofSubject('jane');
    for (const tokens of all) expect(tokens.ofSubject('jane')).toBe(token);
    expect((await process().tokens()).ofSubject('jane')).toBe(token);
  });

  it('are asked for again after they could not be had', async () => {
    const keys = process();
    faults.throttles = () => true;
    await expect(keys.tokens()).rejects.toMatchObject({ code: 'keys_unavailable' });
    faults.throttles = () => false;
    expect((await keys.tokens()).ofSubject('jane')).toMatch(/^[\w-]{22}$/);
  });
});

describe('services that throttle', () => {
  it.each([
    ['reads and writes', { throttles: (call: number) => call < 3 || (call > 9 && call < 13) }],
    ['items of reads', { unprocessed: 70 }],
    ['writes that run into others', { conflicts: 3 }],
    ['KMS', { kmsThrottles: 3 }],
  ])('%s: are asked again after a while', async (_, change) => {
    Object.assign(faults, change);
    const keys = await process().obtain(names(250));
    expect(keys.size).toBe(250);
    expect(waits.length).toBeGreaterThan(0);
    faults = { throttles: () => false, unprocessed: 0, conflicts: 0, kmsThrottles: 0 };
    expect(marks(await process().obtain(names(250)))).toEqual(marks(keys));
  });

  it.each([
    ['reads and writes', { throttles: () => true }],
    ['items of reads', { unprocessed: 1000 }],
    ['writes that run into others', { conflicts: 1000 }],
    ['KMS', { kmsThrottles: 1000 }],
  ])('%s: for too long fail the call for now', async (what, change) => {
    if (what === 'items of reads') {
      dynamo.on(BatchGetCommand).callsFake(({ RequestItems }) => ({ Responses: {}, UnprocessedKeys: RequestItems }));
    }
    Object.assign(faults, change);
    await expect(process().obtain(names(250))).rejects.toMatchObject({ code: 'keys_unavailable' });
    expect(waits.length).toBeGreaterThanOrEqual(3);
  });

  it('do not hide what does not pass', async () => {
    dynamo.on(BatchGetCommand).rejects(throttled('AccessDeniedException'));
    await expect(process().find(names(1))).rejects.toMatchObject({ cause: { name: 'AccessDeniedException' } });
    expect(waits).toEqual([]);
  });
});

describe('a batch whose keys cannot be had', () => {
  const event = posEvent({
    id: 'e-1',
    type: 'com.tributary.crm.customer.changed',
    dataschema: 'urn:tributary:crm_customers:v1',
    data: { customer_id: 'C1', email: 'jane@example.com', updated_at: '2026-01-01T00:00:00Z' },
  });
  const records = [
    { sequenceNumber: '1', arrivedAt: new Date('2026-11-21T10:00:00Z'), data: Buffer.from(JSON.stringify(event)) },
  ];
  const batch = { stream: 'customer-events', shard: 'shardId-0', records };
  const buckets = { bronze: 'bronze', quarantine: 'quarantine', operations: 'operations' };

  it('writes nothing, and everything when it is repeated', async () => {
    const store = new MemoryObjectStore();
    const intake = new StreamIntake();
    const keys = process();
    faults.throttles = () => true;
    const failing = ingestBatch(batch, intake, { store, ...buckets, keys });
    await expect(failing).rejects.toMatchObject({ code: 'keys_unavailable' });
    expect(store.written).toEqual([]);
    faults.throttles = () => false;
    await ingestBatch(batch, intake, { store, ...buckets, keys });
    const [key = ''] = store.keys('bronze');
    const once = store.bytes('bronze', key);
    await ingestBatch(batch, new StreamIntake(), { store, ...buckets, keys: process() });
    expect(store.keys('bronze')).toEqual([key]);
    expect(store.bytes('bronze', key).equals(once)).toBe(true);
  });
});

describe('values', () => {
  it('that one process encrypts another can read', async () => {
    const key = (await process().obtain(names(1))).get('subject-0');
    const sealed = encrypt('jane@example.com', usable(key), place);
    expect(decrypt(sealed, (await process().find(names(1))).get('subject-0'), place)).toBe('jane@example.com');
  });
});
