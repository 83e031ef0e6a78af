import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthetic } from '../../cli/datasets/synthetic/dataset.ts';
import { IntakeReader, sum, waitForIntake } from '../../cli/load/intake.ts';
import { loadDataset } from '../../cli/load/load-dataset.ts';
import { loadPlatform } from '../../cli/platform.ts';
import { queryRows } from '../../cli/query/athena.ts';
import { executeRun } from '../../cli/run/execute.ts';
import { kinesis, s3, sns, sqs } from '../../common/aws.ts';
import { contracts } from '../../events/contracts/index.ts';
import { generate } from '../../events/generator/generate.ts';
import type { Platform } from '../../infra/platform.ts';
import { PersonalValues } from '../fixtures/clear-text/personal-values.ts';
import { placesOf } from '../fixtures/clear-text/places.ts';
import { scan } from '../fixtures/clear-text/scan.ts';
import { SMALL_RETAILER } from './small-retailer.ts';

/** Whoever it is, the records below that nobody can take in are about her. */
const zelda = {
  email: 'zelda.quackenbush@mailbox.example',
  first_name: 'Zelda',
  last_name: 'Quackenbush',
  phone: '+44 7700 900461',
  address_line: '461 Featherstonehaugh Crescent',
  postcode: 'QX46 1ZQ',
  birth_date: '1931-07-23',
};

const values = new PersonalValues();
let platform: Platform;
let folder: string;
let alerts: string;

beforeAll(async () => {
  platform = await loadPlatform();
  folder = await mkdtemp(join(tmpdir(), 'tributary-clear-text-'));
  values.add('crm_customers', { ...zelda, country: 'GB' });
  for (const emission of generate(SMALL_RETAILER)) {
    if (emission.kind === 'records') for (const record of emission.records) values.add(emission.source, record);
  }
  for (const file of ['countries.json', 'holidays.csv']) {
    values.addWords(await readFile(join(import.meta.dirname, '../../events/reference', file), 'utf8'));
  }
  // What the platform says itself: names and descriptions of its tables, words of its messages.
  values.addWords(JSON.stringify(contracts));
  values.addWords(await readFile(join(import.meta.dirname, '../../docs/data-dictionary.md'), 'utf8'));
  values.addWords(await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8'));
  alerts = await alertQueue();
}, 300_000);

afterAll(async () => {
  await sqs().send(new DeleteQueueCommand({ QueueUrl: alerts }));
  await rm(folder, { recursive: true });
});

/** A queue that keeps what is published to people. */
async function alertQueue(): Promise<string> {
  const { QueueUrl = '' } = await sqs().send(new CreateQueueCommand({ QueueName: 'clear-text-alerts' }));
  const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await sns().send(
    new SubscribeCommand({ TopicArn: platform.alertTopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }),
  );
  return QueueUrl;
}

const csv = (rows: readonly (readonly string[])[]): string => rows.map((row) => row.join(',')).join('\n');
const line = Object.values(zelda);

/** Files whose records end in quarantine or as wholes, each with her values where nobody expects them. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  // No header: her record stands in its place.
  'crm_customers/headerless.csv': csv([line, line]),
  'crm_customers/duplicates.csv': csv([[zelda.last_name, zelda.last_name, 'customer_id', 'updated_at'], line]),
  // Columns shifted by one, so that values are in fields that may be shown.
  'crm_customers/shifted.csv': csv([
    ['customer_id', 'customer_segment', 'marketing_consent', 'registration_date', 'email', 'updated_at'],
    ['Z-1', zelda.last_name, zelda.email, zelda.phone, '2026-01-01', '2026-01-01T00:00:00Z'],
    [zelda.email, 'premium', 'true', '2026-01-01', zelda.email, 'never'],
  ]),
  'marketing_contacts/ragged.csv': csv([['contact_id', 'email', 'updated_at'], line, ['Z-1', `"${zelda.email}`]]),
  'ecommerce_customers/broken.json': JSON.stringify([{ customer_id: 1, ...zelda }]).slice(0, -5),
  'ecommerce_customers/refused.json.gz': gzipSync(JSON.stringify([{ ...zelda, updated_at: 'never' }])),
  'support_tickets/text.json': JSON.stringify([
    {
      ticket_id: 'Z-1',
      requester_name: `${zelda.first_name} ${zelda.last_name}`,
      requester_email: zelda.email,
      requester_phone: zelda.phone,
      subject: `It is ${zelda.first_name.toUpperCase()} ${zelda.last_name}`,
      message: `Ring ${zelda.phone}, or write to ${zelda.email}. Yours, ${zelda.last_name}`,
      status: 'open',
      created_at: '2026-10-31T00:00:00Z',
      updated_at: '2026-10-31T00:00:00Z',
      nick: zelda.last_name,
    },
  ]),
  'customers/unknown.csv': csv([Object.keys(zelda), line]),
  'crm_customers/unknown.xml': `<customer>${zelda.email}</customer>`,
};

const crmEvent = (change: Readonly<Record<string, unknown>>) => ({
  specversion: '1.0',
  id: 'z-1',
  source: 'urn:clear-text',
  type: 'com.tributary.crm.customer.changed',
  dataschema: 'urn:tributary:crm_customers:v1',
  data: { customer_id: 'Z-1', ...zelda, updated_at: '2026-10-31T00:00:00Z' },
  ...change,
});

const EVENTS: readonly (string | Buffer)[] = [
  crmEvent({ id: `customer ${zelda.email}` }),
  crmEvent({ id: `${zelda.last_name}-2`, subject: zelda.email }),
  crmEvent({ type: `com.${zelda.email}` }),
  crmEvent({ dataschema: zelda.email }),
  crmEvent({ specversion: zelda.last_name, time: zelda.birth_date, id: zelda.email }),
  crmEvent({ data: zelda.email }),
  crmEvent({ data: { ...zelda, customer_segment: zelda.last_name, updated_at: zelda.email }, id: zelda.last_name }),
  crmEvent({ data: { ...zelda, [zelda.email]: zelda.phone, updated_at: '2026-10-31', customer_id: 'Z-1' } }),
]
  .map((event) => JSON.stringify(event))
  .concat(`{"email":"${zelda.email}"`, zelda.email);

async function sendWhatNobodyTakes(): Promise<void> {
  const since = new Date();
  for (const [Key, Body] of Object.entries(FILES)) {
    await s3().send(new PutObjectCommand({ Bucket: platform.buckets.landing, Key, Body }));
  }
  const Records = EVENTS.map((event) => ({ PartitionKey: 'z', Data: Buffer.from(event) }));
  const StreamName = platform.streams['customer-events'];
  await kinesis().send(new PutRecordsCommand({ StreamName, Records }));
  const files = Object.keys(FILES);
  await waitForIntake(
    new IntakeReader(s3(), platform.buckets.operations, since),
    (intake) => {
      const entries = [...intake.values()].flat();
      const events = entries.filter(({ origin }) => origin.startsWith('customer-events/'));
      return (
        files.every((key) => entries.some(({ origin }) => origin.startsWith(`${key}#`))) &&
        sum(events).received >= EVENTS.length
      );
    },
    { patienceMs: 120_000 },
  );
}

/** Reads every table that has personal data in it, so that results lie in their bucket. */
async function queryEverything(): Promise<void> {
  const { workgroup } = platform;
  const tables = await queryRows(
    `select table_schema, table_name from information_schema.tables
     where table_schema in ('bronze', 'silver', 'gold', 'marts')`,
    { workgroup },
  );
  expect(tables.length).toBeGreaterThan(60);
  for (const { table_schema, table_name } of tables) {
    await queryRows(`select * from ${table_schema}.${table_name} limit 1000`, { workgroup });
  }
}

/** Where there must be something to look at, or the scan has looked at nothing. */
const PLACES: readonly RegExp[] = [
  /-bronze-.*\/support_tickets\/.*parquet$/,
  /-silver-.*parquet$/,
  /-silver-.*metadata.*avro$/,
  /-gold-.*parquet$/,
  /-quarantine-.*\/records\/source=crm_customers\/.*parquet$/,
  /-quarantine-.*\/files\/.*headerless\.csv$/,
  /-results-.*csv$/,
  /-operations-.*\/intake\//,
  /^item of tributary-subject-keys/,
  /^history of /,
];

describe('a whole run over personal data', () => {
  it('ends, with all that is wrong refused', { timeout: 900_000 }, async () => {
    const load = await loadDataset(synthetic({ options: SMALL_RETAILER, cacheDirectory: folder }), platform, () => {});
    expect(sum(Object.values(load.counts)).quarantined).toBeGreaterThan(50);
    await sendWhatNobodyTakes();
    // Checks that fail on so little data only add alerts and samples to what is looked at.
    const { builds } = await executeRun(platform, { asOf: '2026-11-01', full: false, selected: null });
    expect(builds.filter(({ status }) => status === 'built' || status === 'skipped').length).toBeGreaterThan(20);
    await queryEverything();
  });

  it('leaves no personal value in clear text anywhere but in landing and where one was planted', {
    timeout: 900_000,
  }, async () => {
    const wanted = values.wanted();
    const kinds = new Set(wanted.map(({ kind }) => kind));
    for (const kind of ['email', 'phone', 'name', 'address', 'postcode', 'birth_date', 'ip_address']) {
      expect(kinds).toContain(kind);
    }
    // One that is encoded thrice, so that finding nothing else means something.
    const Key = 'records/planted.json.gz';
    const Bucket = platform.buckets.quarantine;
    const hidden = Buffer.from(gzipSync(`a,${zelda.email},b`)).toString('base64');
    await s3().send(new PutObjectCommand({ Bucket, Key, Body: gzipSync(JSON.stringify({ raw: hidden })) }));
    const result = await scan(placesOf(platform.buckets.landing, process.env.TRIBUTARY_TEST_LOGS), wanted);
    await s3().send(new DeleteObjectCommand({ Bucket, Key }));
    const elsewhere = result.findings.filter(({ where }) => where !== `s3://${Bucket}/${Key}`);
    expect(elsewhere).toEqual([]);
    expect(result.findings).toContainEqual(expect.objectContaining({ kind: 'email', value: zelda.email }));
    if (process.env.TRIBUTARY_TEST_LOGS) expect(result.places.join('\n')).toContain('emulator.log');
    for (const place of PLACES) expect(result.places.filter((where) => place.test(where))).not.toEqual([]);
  });
});
