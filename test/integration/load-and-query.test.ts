import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireSameManifest } from '../../cli/commands/run.ts';
import { IntakeReader, sum, waitForIntake } from '../../cli/load/intake.ts';
import { loadOwnFile, refusals } from '../../cli/load/own-file.ts';
import { streamRecords } from '../../cli/load/receipt-intake.ts';
import { fileReport } from '../../cli/load/report.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { qualityReport } from '../../cli/quality/quality.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { executeRun } from '../../cli/run/execute.ts';
import { kinesis, s3 } from '../../common/aws.ts';
import { compileProject } from '../../engine/compile/index.ts';
import { type Delivery, type Position, StreamWriter } from '../../events/producer/index.ts';
import type { Platform } from '../../infra/platform.ts';
import { PROJECT_ROOT } from '../../localstack/stack.ts';
import { posEvent } from '../fixtures/pos-event.ts';
import { csvOf, posLineWith } from '../fixtures/pos-line.ts';

let platform: Platform;
let folder: string;

beforeAll(async () => {
  platform = await loadPlatform();
  folder = await mkdtemp(join(tmpdir(), 'tributary-load-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function givenFile(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const query = (sql: string) => queryRows(sql, { workgroup: platform.workgroup });

/** Lines of a basket that only this test has. */
const basket = (transaction_id: string, ...changes: Readonly<Record<string, unknown>>[]) =>
  changes.map((change, i) => posLineWith({ transaction_id, line_number: i + 1, ...change }));

describe('the deployed platform', () => {
  it('was compiled from this folder', async () => {
    requireSameManifest(platform, await compileProject(PROJECT_ROOT));
  });
});

describe('a file of one’s own', () => {
  it('is loaded; refused rows are told in plain words, with their number', async () => {
    const lines = basket('load-1', { total_amount: 1.25 }, { quantity: 0 }, { total_amount: 2.5 }, { quantity: 1001 });
    const path = await givenFile('load-1.csv', csvOf(lines));
    const record = await loadOwnFile({ path, source: 'pos_transactions' }, platform);
    expect(record).toMatchObject({ status: 'ingested', received: 4, accepted: 2, quarantined: 2 });
    const refused = await refusals(record, platform);
    expect(refused.reduce((total, { rows }) => total + rows, 0)).toBe(2);
    const report = fileReport(record, refused);
    expect(report).toContain('4 rows received, 2 accepted, 2 refused');
    expect(report).toMatch(/1 row, the first is row 2: quantity is "0"/);
    expect(
      await query(`select count(*) as n, sum(total_amount) as total from bronze.pos_transactions
                   where transaction_id = 'load-1'`),
    ).toEqual([{ n: 2, total: '3.75' }]);
  });

  it('that is loaded twice is taken in once', async () => {
    const path = await givenFile('load-2.csv', csvOf(basket('load-2', {}, {})));
    const first = await loadOwnFile({ path, source: 'pos_transactions' }, platform);
    expect(await loadOwnFile({ path, source: 'pos_transactions' }, platform)).toEqual(first);
    expect(await query(`select count(*) as n from bronze.pos_transactions where transaction_id = 'load-2'`)).toEqual([
      { n: 2 },
    ]);
  });

  it('is refused as a whole when its header is wrong', async () => {
    const path = await givenFile('load-3.csv', 'a,b\n1,2\n');
    const record = await loadOwnFile({ path, source: 'pos_transactions' }, platform);
    expect(record).toMatchObject({ status: 'refused', reason: 'wrong_header' });
    expect(fileReport(record, [])).toMatch(/was refused: columns are missing: .*transaction_id/);
  });
});

describe('events', () => {
  it('are accounted for by their positions in the stream', async () => {
    const transaction_id = randomUUID();
    const events = [1, 2, 3, -4].map((quantity, i) =>
      posEvent({ id: `${transaction_id}-${i}` }, { transaction_id, line_number: i + 1, quantity }),
    );
    const since = new Date();
    const stream = platform.streams['transaction-events'] ?? '';
    const put: Position[] = [];
    const onDelivered = (deliveries: readonly Delivery[]) => put.push(...deliveries.map(({ position }) => position));
    const writer = new StreamWriter({ client: kinesis(), stream, onDelivered });
    for (const event of events) {
      await writer.write({ partitionKey: transaction_id, data: Buffer.from(JSON.stringify(event)) });
    }
    await writer.close();
    const [shard = '', first = '', last = ''] = [put[0]?.shard, put[0]?.sequenceNumber, put.at(-1)?.sequenceNumber];
    const receipt = { streams: { [stream]: { sent: events.length, shards: { [shard]: { first, last } } } } };
    const reader = new IntakeReader(s3(), platform.buckets.operations, since);
    const intake = await waitForIntake(reader, (sofar) => sum(streamRecords(receipt, sofar)).received >= events.length);
    expect(sum(streamRecords(receipt, intake))).toEqual({ received: 4, accepted: 3, quarantined: 1 });
    expect(
      await query(`select count(*) as n from bronze.quarantine
                   where source = 'pos_transactions' and event_id = '${transaction_id}-3'`),
    ).toEqual([{ n: 1 }]);
  });
});

describe('a run', () => {
  const input = { full: false, selected: ['silver.order_lines'], asOf: '2018-01-01' };

  it('builds what was selected, once, and its checks can be read', async () => {
    const path = await givenFile('load-5.csv', csvOf(basket('load-5', { total_amount: 7 }, { total_amount: 0.5 })));
    await loadOwnFile({ path, source: 'pos_transactions' }, platform);
    const told: string[] = [];
    const first = await executeRun(platform, input, { onBuild: ({ model }) => told.push(model) });
    expect(first).toMatchObject({ succeeded: true, builds: [{ model: 'silver.order_lines', status: 'built' }] });
    expect(told).toEqual(['silver.order_lines']);
    expect(
      await query(`select sum(total_amount) as total from silver.order_lines where transaction_id = 'load-5'`),
    ).toEqual([{ total: '7.50' }]);

    const second = await executeRun(platform, input);
    expect(second).toMatchObject({ succeeded: true, builds: [{ model: 'silver.order_lines', status: 'skipped' }] });

    const report = await qualityReport('silver.order_lines', { workgroup: platform.workgroup });
    const [table] = report.tables;
    expect(table).toMatchObject({ table: 'silver.order_lines', runId: first.runId });
    expect(table?.trend.at(-1)).toBeGreaterThan(0);
    expect(report.dimensions).toMatchObject({ uniqueness: 100, completeness: 100 });
  });
});

describe('a query', () => {
  it('that makes no sense fails with Athena’s message and the place', async () => {
    await expect(query('select nonsense from gold.fact_sale')).rejects.toMatchObject({
      code: 'query_failed',
      message: expect.stringMatching(/line 1:8: Column 'nonsense' cannot be resolved/),
    });
  });
});
