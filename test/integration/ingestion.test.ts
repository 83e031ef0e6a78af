import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Intake, IntakeReader, waitForIntake } from '../../cli/load/intake.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { kinesis, lambda, s3, sqs } from '../../common/aws.ts';
import { bronzeKey, fileId, ledgerKey, quarantineKey, refusedFileKey } from '../../events/intake/keys.ts';
import type { IntakeRecord } from '../../events/intake/ledger.ts';
import { functionName } from '../../infra/names.ts';
import type { Platform } from '../../infra/platform.ts';
import { ENV } from '../../lambdas/shared/constants.ts';
import { posEvent } from '../fixtures/pos-event.ts';
import { csvOf, posLine, posLineWith } from '../fixtures/pos-line.ts';
import { readParquetRows } from '../fixtures/read-parquet.ts';
import { workbookOf } from '../fixtures/workbook.ts';

const STREAM = 'transaction-events';
let platform: Platform;
const startedAt = new Date();

beforeAll(async () => {
  platform = await loadPlatform();
});

async function read(bucket: string, key: string): Promise<Uint8Array> {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

const rowsOf = async (bucket: string, key: string) => readParquetRows(await read(bucket, key));

const intakeWhen = (isDone: (intake: Intake) => boolean): Promise<Intake> =>
  waitForIntake(new IntakeReader(s3(), platform.buckets.operations, startedAt), isDone, { patienceMs: 60_000 });

/** Lands a file and waits for its ledger entry. */
async function land(key: string, content: string | Uint8Array) {
  const put = await s3().send(new PutObjectCommand({ Bucket: platform.buckets.landing, Key: key, Body: content }));
  const id = fileId(key, (put.ETag ?? '').replaceAll('"', ''));
  const [record] = (await intakeWhen((intake) => intake.has(id))).get(id) ?? [];
  if (record === undefined) throw new Error('the ledger object is empty');
  return { id, record, receivedAt: new Date(record.received_at) };
}

describe('files in the landing bucket', () => {
  it('are picked up by their event and end in bronze and quarantine', async () => {
    const lines = [posLine, posLineWith({ line_number: 2, quantity: 0 }), posLineWith({ line_number: 3 })];
    const { id, record, receivedAt } = await land(`pos_transactions/${randomUUID()} a+b.csv`, csvOf(lines));
    expect(record).toMatchObject({ status: 'ingested', received: 3, accepted: 2, quarantined: 1 });
    const bronze = await rowsOf(platform.buckets.bronze, bronzeKey('pos_transactions', receivedAt, id, 0));
    expect(bronze.map(({ _position, line_number }) => [_position, line_number])).toEqual([
      ['1', 1],
      ['3', 3],
    ]);
    const key = quarantineKey('pos_transactions', receivedAt, id, 0);
    expect(await rowsOf(platform.buckets.quarantine, key)).toMatchObject([
      {
        position: '2',
        reason: 'too_small',
        field: 'quantity',
        raw: expect.stringMatching(/^quarantine\/pos_transactions\/[\d-]+:v1\./),
      },
    ]);
  });

  it.each([
    ['csv.gz', gzipSync(csvOf([posLine]))],
    ['tsv', csvOf([posLine]).replaceAll(',', '\t')],
    ['xlsx', workbookOf([posLine])],
    ['xlsx.gz', gzipSync(workbookOf([posLine]))],
  ])('are read in many formats: .%s', async (extension, content) => {
    const { record } = await land(`pos_transactions/${randomUUID()}.${extension}`, content);
    expect(record).toMatchObject({ status: 'ingested', received: 1, accepted: 1 });
  });

  it('are told of again by the queue whose address the function has', async () => {
    const key = `pos_transactions/${randomUUID()}.csv`;
    const { id, receivedAt } = await land(key, csvOf([posLine]));
    const ledger = { Bucket: platform.buckets.operations, Key: ledgerKey(receivedAt, id) };
    await s3().send(new DeleteObjectCommand(ledger));
    const { Configuration } = await lambda().send(
      new GetFunctionCommand({ FunctionName: functionName('ingest-file') }),
    );
    const { ETag = '' } = await s3().send(new HeadObjectCommand({ Bucket: platform.buckets.landing, Key: key }));
    const detail = { bucket: { name: platform.buckets.landing }, object: { key, etag: ETag.replaceAll('"', '') } };
    const QueueUrl = Configuration?.Environment?.Variables?.[ENV.landingQueueUrl];
    await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ detail }) }));
    await vi.waitFor(() => s3().send(new HeadObjectCommand(ledger)), { timeout: 60_000, interval: 500 });
  });

  it.each([
    ['nobody', 'csv', 'a,b\n1,2', 'unknown_source'],
    ['erp_products', 'xml', '<a/>', 'unknown_file_type'],
    ['erp_products', 'parquet', 'PAR1 cut off', 'unreadable_parquet'],
  ])('that cannot be taken in (%s, .%s) are put aside whole', async (source, extension, content, reason) => {
    const key = `${source}/${randomUUID()}.${extension}`;
    const { id, record, receivedAt } = await land(key, content);
    expect(record).toMatchObject({ status: 'refused', reason, received: 1, quarantined: 1 });
    const copy = await read(platform.buckets.quarantine, refusedFileKey(key, receivedAt, id));
    expect(Buffer.from(copy).toString('latin1')).toMatch(/^tributary-file v1 /);
    expect(Buffer.from(copy).includes(content)).toBe(false);
  });
});

describe('events in the stream', () => {
  it('end in bronze and quarantine, each once', async () => {
    const run = randomUUID();
    const good = Array.from({ length: 200 }, (_, at) => posEvent({ id: `${run}-${at}` }));
    const bad = [
      posEvent({ id: `${run}-bad` }, { quantity: 0 }),
      posEvent({ id: `${run}-type`, type: 'com.example.none' }),
    ];
    const records = [...good, ...bad].map((event) => JSON.stringify(event)).concat(`not JSON ${run}`);
    const { Records = [], FailedRecordCount } = await kinesis().send(
      new PutRecordsCommand({
        StreamName: platform.streams[STREAM],
        Records: records.map((record) => ({ PartitionKey: run, Data: Buffer.from(record) })),
      }),
    );
    expect(FailedRecordCount ?? 0).toBe(0);
    const first = BigInt(Records[0]?.SequenceNumber ?? 0);
    const sent = (intake: Intake) =>
      [...intake].filter(([, [entry]]) => entry?.road === 'stream' && BigInt(entry.last_position ?? 0) >= first);
    const received = (intake: Intake) =>
      sent(intake)
        .flatMap(([, entries]) => entries)
        .reduce((sum, entry) => sum + entry.received, 0);
    const batches = sent(await intakeWhen((intake) => received(intake) >= records.length));

    const bronze = await rowsOfBatches(batches, 'bronze');
    const ids = bronze.map(({ _event_id }) => String(_event_id)).filter((id) => id.startsWith(run));
    expect(ids.sort()).toEqual(good.map(({ id }) => String(id)).sort());
    const quarantine = await rowsOfBatches(batches, 'quarantine');
    expect(JSON.stringify(quarantine.map(({ raw }) => raw))).not.toContain(run);
    const reasons = quarantine.map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['not_json', 'too_small', 'unknown_type']);
  });
});

/** All rows that the ledger's stream batches have in a bucket. */
async function rowsOfBatches(
  batches: readonly (readonly [string, readonly IntakeRecord[]])[],
  bucket: 'bronze' | 'quarantine',
) {
  const keyOf = bucket === 'bronze' ? bronzeKey : quarantineKey;
  const count = bucket === 'bronze' ? 'accepted' : 'quarantined';
  const keys = batches.flatMap(([id, entries]) =>
    entries.filter((entry) => entry[count] > 0).map((entry) => keyOf(entry.source, new Date(entry.received_at), id, 0)),
  );
  return (await Promise.all(keys.map((key) => rowsOf(platform.buckets[bucket], key)))).flat();
}
