// Events from the producer through Kinesis and ingest-stream to bronze, on a fresh local stack of its own:
//   node bench/stream.ts [events a second, 5000] [seconds, 60]
// Prints the table in stream.md. Needs Linux, for the memory of processes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IntakeReader } from '../cli/load/intake.ts';
import { loadPlatform } from '../cli/platform.ts';
import { TokenBucket } from '../cli/produce/token-bucket.ts';
import { queryRows } from '../cli/query/athena.ts';
import { kinesis, s3 } from '../common/aws.ts';
import { ecommerceOrders } from '../events/contracts/ecommerce-orders.ts';
import { pageViews } from '../events/contracts/page-views.ts';
import { posTransactions } from '../events/contracts/pos-transactions.ts';
import { createProducer, type Producer } from '../events/producer/index.ts';
import type { Platform } from '../infra/platform.ts';
import { freePort } from '../localstack/ports.ts';
import { STATE_DIR, stackStatus, stopStack } from '../localstack/stack.ts';
import { bringUp } from '../localstack/up.ts';
import { PeakMemory } from './peak-memory.ts';

const [RATE = 5_000, SECONDS = 60] = process.argv.slice(2).map(Number);
const SAMPLE_SECONDS = 5;
/** People whose page views and orders come again and again. */
const SUBJECTS = 20_000;

async function main(): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  try {
    const [port, athenaPort] = [await freePort(), await freePort()];
    await bringUp({ stateDir, venv: join(STATE_DIR, 'venv'), port, athenaPort });
    const { processes } = await stackStatus(stateDir);
    const roots = Object.entries(processes).map(([name, { pid }]) => [pid, name] as const);
    await measure(await loadPlatform(), new Map([...roots, [process.pid, 'producer']]));
  } finally {
    await stopStack(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function measure(platform: Platform, processes: ReadonlyMap<number, string>): Promise<void> {
  const memory = new PeakMemory(processes);
  const reader = new IntakeReader(s3(), platform.buckets.operations, new Date());
  let delivered = 0;
  const producer = createProducer({
    client: kinesis(),
    streams: platform.streams,
    source: 'urn:bench:stream',
    // Full requests, for throughput.
    lingerMs: 100,
    onDelivered: (deliveries) => {
      delivered += deliveries.length;
    },
  });
  await warmUp(producer, reader);
  const before = { sent: delivered, ingested: await ingestedBy(reader) };

  console.log(
    '| seconds | delivered | in bronze | behind, events | behind, seconds |\n| ---: | ---: | ---: | ---: | ---: |',
  );
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1_000;
  const row = async (): Promise<number> => {
    const ingested = (await ingestedBy(reader)) - before.ingested;
    const sent = delivered - before.sent;
    const behind = sent - ingested;
    const cells = [elapsed().toFixed(0), sent, ingested, behind, (behind / RATE).toFixed(2)];
    console.log(`| ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`);
    return behind;
  };
  const sending = send(producer, RATE * SECONDS);
  for (let at = SAMPLE_SECONDS; at <= SECONDS; at += SAMPLE_SECONDS) {
    await sleep(Math.max(0, at - elapsed()) * 1_000);
    await row();
  }
  await sending;
  const sentIn = elapsed();
  while ((await row()) > 0) await sleep(500);
  console.log(
    `\n${(RATE * SECONDS).toLocaleString('en')} events sent in ${sentIn.toFixed(1)} s, all ingested after ${elapsed().toFixed(1)} s`,
  );
  for (const { source } of [pageViews, posTransactions, ecommerceOrders]) {
    const [counts] = await queryRows(`select count(distinct _position) as n from bronze.${source}`, platform);
    console.log(`bronze.${source}: ${Number(counts?.n).toLocaleString('en')} rows`);
  }
  console.log('\n| process | peak memory, MiB |\n| --- | ---: |');
  for (const [name, bytes] of await memory.stop()) console.log(`| ${name} | ${Math.round(bytes / 1024 ** 2)} |`);
}

/** So that functions are started and keys of some subjects are made. */
async function warmUp(producer: Producer, reader: IntakeReader): Promise<void> {
  await send(producer, RATE);
  while ((await ingestedBy(reader)) < RATE) await sleep(250);
}

async function ingestedBy(reader: IntakeReader): Promise<number> {
  const records = [...(await reader.read()).values()].flat();
  return records.reduce((sum, { received }) => sum + received, 0);
}

let number = 0;

async function send(producer: Producer, count: number): Promise<void> {
  const bucket = new TokenBucket(RATE, RATE / 50);
  const never = new AbortController().signal;
  for (let i = 0; i < count; i++) {
    await bucket.wait(never);
    await sendOne(producer, number++);
  }
  await producer.flush();
}

/** Seven page views, two lines of tills, one order. */
async function sendOne(producer: Producer, n: number): Promise<void> {
  const now = new Date().toISOString();
  const subject = String((n * 7_919) % SUBJECTS);
  const kind = n % 10;
  if (kind < 7) {
    await producer.send(pageViews, {
      event_id: `V${n}`,
      event_type: 'product_view',
      session_id: `S${subject}`,
      visitor_id: `B${subject}`,
      customer_id: kind < 3 ? subject : null,
      page_path: `/products/${n % 500}`,
      product_id: String(n % 500),
      channel: 'online',
      device_type: 'mobile',
      country: 'GB',
      ip_address: `203.0.113.${n % 250}`,
      duration_ms: 1_200,
      viewed_at: now,
    });
  } else if (kind < 9) {
    await producer.send(posTransactions, {
      transaction_id: `T${n}`,
      line_number: 1,
      store_id: `S${n % 50}`,
      customer_id: subject,
      product_id: String(n % 500),
      quantity: 2,
      unit_price: '4.9900',
      discount_amount: '0.50',
      total_amount: '9.48',
      currency: 'GBP',
      channel: 'in_store',
      fulfillment: 'in_store',
      order_status: 'delivered',
      payment_method: 'card',
      transaction_at: now,
      updated_at: now,
    });
  } else {
    await producer.send(ecommerceOrders, {
      order_id: `O${n}`,
      customer_id: subject,
      email: `person.${subject}@example.com`,
      channel: 'online',
      fulfillment: 'ship_to_home',
      order_status: 'confirmed',
      payment_status: 'paid',
      subtotal_amount: '40.00',
      shipping_amount: '3.95',
      total_amount: '43.95',
      currency: 'GBP',
      ip_address: `203.0.113.${n % 250}`,
      shipping_country: 'GB',
      shipping_postcode: 'SW1A 1AA',
      ordered_at: now,
      updated_at: now,
    });
  }
}

await main();
