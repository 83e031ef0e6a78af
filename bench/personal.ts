// What the protection of personal data costs on one core: `node bench/personal.ts`.
// Streams: events in batches of 5,000 through the core of ingest-stream, with the keys of their subjects at hand.
// Files: a CSV of a million rows about 100,000 customers, none of whom has a key yet, through the core of ingest-file.
// Each runs in a process of its own, with V8 set as in the functions; objects are encoded to Parquet and then thrown away. The table of keys is in memory
// and answers as late as DynamoDB does.
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { linesOf, recordOfLine } from '../cli/datasets/event-lines.ts';
import { outputOptions, SYNTHETIC_DEFAULTS } from '../cli/datasets/synthetic/options.ts';
import type { Contract } from '../events/contracts/contract.ts';
import { crmCustomers } from '../events/contracts/crm-customers.ts';
import { dataSchemaOf } from '../events/contracts/index.ts';
import { pageViews } from '../events/contracts/page-views.ts';
import { productReviews } from '../events/contracts/product-reviews.ts';
import { supportTickets } from '../events/contracts/support-tickets.ts';
import { writeOutput } from '../events/generator/output/write-output.ts';
import type { JsonRecord } from '../events/validator/layout.ts';
import { ingestFile } from '../lambdas/ingest-file/ingest-file.ts';
import { ingestBatch } from '../lambdas/ingest-stream/ingest-stream.ts';
import { StreamIntake, type StreamRecord } from '../lambdas/ingest-stream/stream-intake.ts';
import { ENCRYPTING_SEMI_SPACE } from '../lambdas/shared/constants.ts';
import type { KeyEncryption } from '../lambdas/shared/key-encryption.ts';
import type { StoredKey } from '../lambdas/shared/key-table.ts';
import type { ObjectStore } from '../lambdas/shared/object-store.ts';
import { PlatformKeys } from '../lambdas/shared/platform-keys.ts';

const BATCH = 5_000;
const EVENTS = 100_000;
const SUBJECTS = 100_000;
const ROWS = 1_000_000;
const BUCKETS = { bronze: 'bronze', quarantine: 'quarantine', operations: 'operations' };

/** What DynamoDB takes for a call of 100 items, and how many calls are under way. */
const READ_MS = 8;
const WRITE_MS = 25;
const ITEMS_PER_CALL = 100;
const CALLS_AT_ONCE = 8;

const seconds = async (milliseconds: number, items: number): Promise<void> => {
  const rounds = Math.ceil(items / ITEMS_PER_CALL / CALLS_AT_ONCE);
  await sleep(milliseconds * rounds);
};

function keysInMemory(): PlatformKeys {
  const items = new Map<string, StoredKey>();
  const table = {
    read: async (names: readonly string[]) => {
      await seconds(READ_MS, names.length);
      return new Map(names.flatMap((name) => (items.has(name) ? [[name, items.get(name) ?? { pk: name }]] : [])));
    },
    create: async (made: readonly StoredKey[]) => {
      await seconds(WRITE_MS, made.length);
      for (const item of made) items.set(item.pk, item);
      return [];
    },
  };
  const encryption: KeyEncryption = {
    make: async () => ({ key: new Uint8Array(32).fill(7), encrypted: new Uint8Array(32).fill(7) }),
    decrypt: async (_name, encrypted) => encrypted,
  };
  return new PlatformKeys({ table, encryption });
}

/** A store that gives out one local file and forgets what is written to it. */
function forgetfulStore(path = ''): ObjectStore {
  return {
    head: async (bucket, key) => {
      if (bucket !== 'landing') return undefined;
      return { bucket, key, etag: 'e', bytes: (await stat(path)).size, lastModified: new Date() };
    },
    stream: async (_object, start = 0) => createReadStream(path, { start }),
    range: async (_object, start, end) => {
      const file = await open(path);
      const { buffer } = await file.read(new Uint8Array(end - start), 0, end - start, start);
      await file.close();
      return buffer.buffer;
    },
    write: async () => {},
    writeStream: async () => {},
    list: async () => [],
    remove: async () => {},
  };
}

const FIRST = ['Olivia', 'Noah', 'Amélie', 'Liam', 'Emma', 'Jack', 'Ava', 'Lucas', 'Mia', 'Ethan', 'Zoë', 'Oscar'];
const LAST = ['Smith', 'Jones', 'Müller', 'García', 'Rossi', 'Dubois', 'Novák', 'Silva', 'Kim', 'Patel', 'O’Neill'];

const pick = (from: readonly string[], number: number): string => from[number % from.length] ?? '';

/** A person who is like no other, and whose values all differ between versions. */
function person(number: number, version = 0) {
  const first_name = pick(FIRST, number + version);
  const last_name = pick(LAST, (number >> 4) + version);
  const name = `${first_name}.${last_name}`.toLowerCase();
  return {
    email: `${name}.${number}.${version}@${pick(['mail.example', 'example.com', 'post.example.org'], number)}`,
    first_name,
    last_name,
    phone: `07${String(700_900_000 + number).slice(0, 3)} ${String(100_000 + ((number + version) % 900_000))}`,
    address_line: `${1 + ((number + version) % 240)} ${pick(LAST, number >> 2)} Street`,
    postcode: `LS${1 + ((number + version) % 28)} ${number % 9}AB`,
    birth_date: `19${50 + ((number + version) % 50)}-0${1 + (number % 9)}-1${number % 9}`,
  };
}

const TEXT =
  'I ordered two of these last week and only one has arrived so far. The parcel looked as if it had been opened.';

interface Source {
  readonly contract: Contract;
  /** A record about person `at % SUBJECTS`; all personal values differ between versions. */
  readonly record: (at: number, version: number) => JsonRecord;
}

const crm: Source = {
  contract: crmCustomers,
  record: (at, version) => ({
    customer_id: `C${at % SUBJECTS}`,
    ...person(at % SUBJECTS, version),
    city: 'Leeds',
    country: 'GB',
    customer_segment: 'standard',
    marketing_consent: true,
    registration_date: '2024-05-01',
    updated_at: '2026-10-01T08:00:00Z',
  }),
};

const tickets: Source = {
  contract: supportTickets,
  record: (at, version) => {
    const { email, first_name, last_name, phone } = person(at % SUBJECTS, version);
    return {
      ticket_id: `T${at}`,
      customer_id: String(at % SUBJECTS),
      requester_email: email,
      requester_name: `${first_name} ${last_name}`,
      requester_phone: phone,
      subject: `Half of my order is missing (${version})`,
      message: `${TEXT} ${TEXT} Call me on ${phone}. ${first_name}`,
      status: 'open',
      created_at: '2026-10-01T08:00:00Z',
      updated_at: '2026-10-01T08:00:00Z',
    };
  },
};

const reviews: Source = {
  contract: productReviews,
  record: (at, version) => ({
    review_id: `R${at}`,
    product_id: `P${at % 500}`,
    customer_id: String(at % SUBJECTS),
    author_name: pick(FIRST, at + version),
    rating: 1 + (at % 5),
    title: `As described (${version})`,
    review_text: `${TEXT} ${version}`,
    created_at: '2026-10-01T08:00:00Z',
    updated_at: '2026-10-01T08:00:00Z',
  }),
};

const views: Source = {
  contract: pageViews,
  record: (at, version) => ({
    event_id: `v-${at}`,
    event_type: 'product_view',
    session_id: `s-${at >> 3}`,
    visitor_id: `visitor-${at % SUBJECTS}`,
    customer_id: at % 3 === 0 ? String(at % SUBJECTS) : null,
    page_path: `/products/${at % 500}`,
    product_id: `P${at % 500}`,
    channel: 'web',
    device_type: 'mobile',
    country: 'GB',
    ip_address: `203.${version}.${at % 250}.${(at >> 8) % 250}`,
    duration_ms: 1000 + (at % 9000),
    viewed_at: '2026-10-01T08:00:00Z',
  }),
};

const SOURCES: readonly Source[] = [views, reviews, tickets, crm];

interface Spent {
  readonly wall: number;
  readonly processor: number;
}

async function spent(work: () => Promise<void>): Promise<Spent> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - started) / 1000, processor: (user + system) / 1e6 };
}

function report(what: string, records: number, { wall, processor }: Spent): void {
  const rate = (time: number): string => Math.round(records / time).toLocaleString('en');
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${what}: ${records.toLocaleString('en')} records in ${wall.toFixed(1)} s, ${rate(wall)}/s; ` +
      `${processor.toFixed(1)} s of processor time, ${rate(processor)}/s; ${memory} MiB at most`,
  );
}

async function measureStream({ contract, record }: Source): Promise<void> {
  const eventOf = (at: number, version: number) => ({
    specversion: '1.0',
    id: `e-${at}`,
    source: 'urn:bench',
    type: contract.transport.stream?.type,
    dataschema: dataSchemaOf(contract),
    time: '2026-10-01T08:00:00Z',
    data: record(at, version),
  });
  const keys = keysInMemory();
  const intake = new StreamIntake();
  const take = async (what: string, version: number): Promise<void> => {
    const records = Array.from({ length: EVENTS }, (_, at) => ({
      sequenceNumber: String(at),
      arrivedAt: new Date(),
      data: Buffer.from(JSON.stringify(eventOf(at, version))),
    }));
    const time = await spent(async () => {
      for (let at = 0; at < records.length; at += BATCH) {
        const batch = { stream: 'customer-events', shard: 'shardId-0', records: records.slice(at, at + BATCH) };
        const ledger = await ingestBatch(batch, intake, { store: forgetfulStore(), ...BUCKETS, keys });
        if (ledger.some(({ quarantined }) => quarantined > 0)) throw new Error('a record was refused');
      }
    });
    report(`stream of ${contract.source}, ${what}`, EVENTS, time);
  };
  await take('each of an unknown person', 0);
  await take('each of a known person with new values', 1);
  await take('each of a known person with known values', 1);
}

/** All events of a day of the synthetic retailer, as they come. */
async function measureDay(folder: string): Promise<void> {
  const options = outputOptions({ ...SYNTHETIC_DEFAULTS, scale: 0.5, days: 3, streamDays: 1 });
  const manifest = await writeOutput(folder, options, () => {});
  const lines = linesOf(manifest.events.map(({ path }) => join(folder, path)));
  const records: StreamRecord[] = [];
  for await (const line of lines) {
    const { data } = recordOfLine(line);
    records.push({ sequenceNumber: String(records.length), arrivedAt: new Date(), data: Buffer.from(data) });
  }
  const keys = keysInMemory();
  const intake = new StreamIntake();
  const take = async (): Promise<void> => {
    for (let at = 0; at < records.length; at += BATCH) {
      const batch = { stream: 'all', shard: 'shardId-0', records: records.slice(at, at + BATCH) };
      await ingestBatch(batch, intake, { store: forgetfulStore(), ...BUCKETS, keys });
    }
  };
  report('streams of a day of the synthetic retailer, first time', records.length, await spent(take));
  report('streams of a day of the synthetic retailer, again', records.length, await spent(take));
}

async function measureFile(path: string): Promise<void> {
  const landed = { bucket: 'landing', key: 'crm_customers/all.csv', etag: 'e' };
  const time = await spent(async () => {
    const outcome = await ingestFile(landed, { store: forgetfulStore(path), ...BUCKETS, keys: keysInMemory() });
    if (outcome.status !== 'ingested' || outcome.record.accepted !== ROWS) throw new Error(JSON.stringify(outcome));
  });
  report(`file of crm_customers about ${SUBJECTS.toLocaleString('en')} unknown persons`, ROWS, time);
}

async function writeCsv(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.write(`${Object.keys(crm.record(0, 0)).join(',')}\n`);
  for (let at = 0; at < ROWS; at += BATCH) {
    const lines = Array.from({ length: BATCH }, (_, row) => Object.values(crm.record((at + row) * 7_919, 0)).join(','));
    await file.write(`${lines.join('\n')}\n`);
  }
  await file.close();
}

async function measureAll(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const path = join(folder, 'all.csv');
  await writeCsv(path);
  const self = fileURLToPath(import.meta.url);
  const runs = [['day', folder], ...SOURCES.map(({ contract }) => ['stream', contract.source]), ['file', path]];
  const options = [`--max-semi-space-size=${ENCRYPTING_SEMI_SPACE}`];
  for (const run of runs) execFileSync(process.execPath, [...options, self, ...run], { stdio: 'inherit' });
  await rm(folder, { recursive: true });
}

const [, , road, input = ''] = process.argv;
const source = SOURCES.find(({ contract }) => contract.source === input);
if (road === 'file') await measureFile(input);
else if (road === 'day') await measureDay(input);
else if (source) await measureStream(source);
else await measureAll();
