import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replaySelected } from '../../cli/commands/quarantine.ts';
import { IntakeReader, waitForIntake } from '../../cli/load/intake.ts';
import { loadOwnFile } from '../../cli/load/own-file.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { rawCipher } from '../../cli/quarantine/cipher.ts';
import { quarantinedIds, quarantinedRows, quarantineGroups } from '../../cli/quarantine/rows.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { deadLetterPorts, failedBatchPorts } from '../../cli/replay/ports.ts';
import { executeRun } from '../../cli/run/execute.ts';
import { kinesis, s3, sqs } from '../../common/aws.ts';
import { fileId } from '../../events/intake/keys.ts';
import { redriveDeadLetters } from '../../events/replay/dead-letters.ts';
import { replayFailedBatches } from '../../events/replay/failed-batches.ts';
import { type QuarantinedRow, recordId } from '../../events/replay/quarantined-row.ts';
import type { Platform } from '../../infra/platform.ts';
import { posEvent } from '../fixtures/pos-event.ts';
import { csvOf, posLineWith } from '../fixtures/pos-line.ts';

const run = randomUUID();
const poison = `not JSON ${run}`;
const startedAt = new Date();
let platform: Platform;
let directory: string;

beforeAll(async () => {
  platform = await loadPlatform();
  directory = await mkdtemp(join(tmpdir(), 'tributary-replay-'));
  const events = [
    ...[1, 2, 3].map((line) => posEvent({ id: `${run}-${line}` }, { transaction_id: run, line_number: line })),
    posEvent({ id: `${run}-bad` }, { transaction_id: run, line_number: 4, quantity: 0 }),
  ];
  const { FailedRecordCount } = await kinesis().send(
    new PutRecordsCommand({
      StreamName: platform.streams['transaction-events'],
      Records: [...events.map((event) => JSON.stringify(event)), poison].map((text) => ({
        PartitionKey: run,
        Data: Buffer.from(text),
      })),
    }),
  );
  expect(FailedRecordCount ?? 0).toBe(0);
  await refusedEvents(1);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const scalar = async (sql: string): Promise<number> => Number((await queryRows(sql, platform))[0]?.n);

/** Waits until as many records are in quarantine under the event's id. */
async function refusedEvents(count: number): Promise<readonly QuarantinedRow[]> {
  for (let tries = 0; tries < 120; tries++) {
    const rows: QuarantinedRow[] = [];
    for await (const row of quarantinedRows({ source: 'pos_transactions' }, platform, `${run}-bad`)) rows.push(row);
    if (rows.length >= count) return rows;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`fewer than ${count} records of ${run}-bad are in quarantine`);
}

describe('refused records', () => {
  it('are counted by reason, and opened for whoever may', async () => {
    const groups = await quarantineGroups({ source: 'pos_transactions', reason: 'too_small' }, platform);
    expect(groups).toContainEqual(expect.objectContaining({ field: 'quantity', contractVersion: 1 }));
    const [row] = await refusedEvents(1);
    const [text = ''] = await rawCipher(platform).open('pos_transactions', [row?.raw ?? '']);
    expect(JSON.parse(text)).toMatchObject({ id: `${run}-bad`, data: { quantity: 0 } });
    expect(row?.raw).not.toContain(run);
  });

  it('of no known source are kept byte for byte', async () => {
    const texts: string[] = [];
    for await (const { road, raw } of quarantinedRows({ source: 'unknown' }, platform)) {
      // Of a file that was refused whole there is a copy instead.
      if (road === 'stream') texts.push(...(await rawCipher(platform).open('unknown', [raw ?? ''])));
    }
    expect(texts).toContain(poison);
  });

  it('are replayed once, and what is refused again is linked to the first', async () => {
    const filter = { source: 'pos_transactions', reason: 'too_small' };
    const [first] = await refusedEvents(1);
    const { pos_transactions: sent } = await replaySelected(platform, filter, false);
    expect(sent?.sent).toBeGreaterThanOrEqual(1);
    const again = (await refusedEvents(2)).find((row) => recordId(row) !== (first && recordId(first)));
    const ids = await quarantinedIds('pos_transactions', platform);
    expect(again && ids.has(recordId(again))).toBe(true);
    const { pos_transactions: second } = await replaySelected(platform, filter, false);
    expect(second).toMatchObject({ sent: 0, copies: sent?.sent, before: sent?.sent });
  });

  it('are accepted once they are amended', async () => {
    const path = join(directory, `${run}.csv`);
    await writeFile(path, csvOf([posLineWith({ transaction_id: run, line_number: 4 })]));
    const record = await loadOwnFile({ path, source: 'pos_transactions' }, platform);
    expect(record).toMatchObject({ received: 1, accepted: 1 });
    const accepted = `select count(*) as n from bronze.pos_transactions where transaction_id = '${run}'`;
    expect(await scalar(accepted)).toBe(4);
  });
});

describe('what ingestion could not do', () => {
  it('is done when the failed batch is handed in again, once', async () => {
    const event = posEvent({ id: `${run}-failed` }, { transaction_id: `${run}-failed` });
    const streamArn = 'arn:aws:kinesis:us-east-1:000000000000:stream/transaction-events';
    const payload = {
      Records: [
        {
          eventID: `shardId-000000000099:4${Date.now()}`,
          eventSourceARN: streamArn,
          kinesis: {
            partitionKey: run,
            sequenceNumber: `4${Date.now()}`,
            data: Buffer.from(JSON.stringify(event)).toString('base64'),
            approximateArrivalTimestamp: Date.now() / 1000,
          },
        },
      ],
    };
    const body = {
      requestContext: { functionArn: 'tributary-ingest-stream', condition: 'RetryAttemptsExhausted' },
      KinesisBatchInfo: { shardId: 'shardId-000000000099', batchSize: 1, streamArn },
      payload: JSON.stringify(payload),
    };
    const Key = `aws/lambda/${run}/shardId-000000000099/2026/11/21/2026-11-21T09.00.00-${run}`;
    await s3().send(new PutObjectCommand({ Bucket: platform.buckets.landing, Key, Body: JSON.stringify(body) }));
    const outcome = await replayFailedBatches(failedBatchPorts(platform), false);
    expect(outcome).toMatchObject({ replayed: [{ key: Key, records: 1 }], failedAgain: [], before: 0 });
    const accepted = `select count(*) as n from bronze.pos_transactions where _event_id = '${run}-failed'`;
    expect(await scalar(accepted)).toBe(1);
    expect((await replayFailedBatches(failedBatchPorts(platform), false)).replayed).toEqual([]);
  });

  it('is done when dead letters are moved back', async () => {
    const key = `pos_transactions/${run}-late.csv`;
    const Body = csvOf([posLineWith({ transaction_id: `${run}-late` })]);
    const { ETag = '' } = await s3().send(new PutObjectCommand({ Bucket: platform.buckets.landing, Key: key, Body }));
    const etag = ETag.replaceAll('"', '');
    const message = { detail: { bucket: { name: platform.buckets.landing }, object: { key, etag } } };
    const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: platform.queues.landingDeadLetters }));
    await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
    expect(await redriveDeadLetters(await deadLetterPorts(platform))).toContain(JSON.stringify(message));
    const reader = new IntakeReader(s3(), platform.buckets.operations, startedAt);
    await waitForIntake(reader, (intake) => intake.has(fileId(key, etag)), { patienceMs: 60_000 });
    const accepted = `select count(*) as n from bronze.pos_transactions where transaction_id = '${run}-late'`;
    expect(await scalar(accepted)).toBe(1);
  });
});

describe('the intake ledger', () => {
  it('adds up after all of it', async () => {
    const { succeeded } = await executeRun(platform, { full: false, selected: ['gold.intake_ledger'] });
    expect(succeeded).toBe(true);
    const [sums] = await queryRows(
      `select sum(received) as received, sum(accepted) as accepted, sum(quarantined) as quarantined
       from gold.intake_ledger where source = 'pos_transactions'`,
      platform,
    );
    const accepted = 'select count(*) as n from (select distinct _origin, _position from bronze.pos_transactions)';
    const refused =
      "select count(*) as n from (select distinct origin, position from bronze.quarantine where source = 'pos_transactions')";
    expect(sums).toEqual({
      received: (await scalar(accepted)) + (await scalar(refused)),
      accepted: await scalar(accepted),
      quarantined: await scalar(refused),
    });
  });
});
