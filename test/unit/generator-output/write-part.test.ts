import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { contracts } from '../../../events/contracts/index.ts';
import { type Manifest, mergeParts } from '../../../events/generator/output/manifest.ts';
import { writePart } from '../../../events/generator/output/write-part.ts';
import { contentsOf, temporaryFolder } from './folders.ts';
import { DAYS, handmade, OPTIONS } from './handmade.ts';
import { readLanding } from './read-landing.ts';

async function write(sources = contracts.map(({ source }) => source)): Promise<{ folder: string; manifest: Manifest }> {
  const folder = await temporaryFolder();
  const part = await writePart(handmade(), { folder, options: OPTIONS, sources, writesTruth: true });
  return { folder, manifest: mergeParts(OPTIONS, [part]) };
}

describe('the output of a generator', () => {
  it('has each source in its natural format, and the last day of streams as events', async () => {
    const { folder, manifest } = await write();
    expect(manifest.landing.map(({ path }) => path)).toEqual([
      'landing/page_views/page_views-2026-10-30.parquet',
      'landing/page_views/page_views-2026-10-31.parquet',
      'landing/page_views/page_views-aside-2.parquet',
      'landing/page_views/page_views-aside.parquet',
      'landing/pos_transactions/pos_transactions-2026-10-30.csv.gz',
      'landing/pos_transactions/pos_transactions-2026-10-31.csv.gz',
      'landing/pos_transactions/pos_transactions-aside.csv.gz',
      'landing/retail_invoices/retail_invoices-2026-10.xlsx',
      'landing/retail_invoices/retail_invoices-2026-11.xlsx',
      'landing/retail_invoices/retail_invoices-aside.xlsx',
      'landing/support_tickets/support_tickets-2026-10.json',
      'landing/third_party_inventory/third_party_inventory-2026-10-30.tsv',
      'landing/third_party_inventory/third_party_inventory-2026-10-31.tsv',
      'landing/third_party_inventory/third_party_inventory-2026-11-01.tsv',
      'landing/third_party_inventory/third_party_inventory-aside.tsv',
    ]);
    expect(manifest.events.map(({ path }) => path)).toEqual([
      'events/clickstream-events-2026-11-01.ndjson',
      'events/customer-events-2026-11-01.ndjson',
      'events/transaction-events-2026-11-01.ndjson',
    ]);
    expect(manifest.truth.map(({ path, rows }) => [path, rows])).toEqual([
      ['truth/churn.ndjson', 3],
      ['truth/defects.ndjson', 6],
    ]);
    expect(manifest.defects).toEqual({ duplicate: 3, late: 3 });
    const files = [...manifest.landing, ...manifest.events, ...manifest.truth].map(({ path }) => path);
    expect(Object.keys(await contentsOf(folder))).toEqual(files.sort());
  });

  it('is read by ingestion with exactly the counts that it states', async () => {
    const { folder, manifest } = await write();
    for (const { path, source, accepted, quarantined, received } of manifest.landing) {
      const read = await readLanding(folder, path, source);
      expect({ path, accepted: read.accepted.length, quarantined: read.quarantined }).toEqual({
        path,
        accepted,
        quarantined,
      });
      expect(received).toBe(accepted + quarantined);
    }
    for (const { received, accepted, quarantined, duplicates } of Object.values(manifest.sources)) {
      expect([received, accepted, quarantined, duplicates]).toEqual([33, 27, 6, 3]);
    }
  });

  it('keeps values through each format', async () => {
    const { folder } = await write();
    const first = async (path: string, source: string) => (await readLanding(folder, path, source)).accepted[0];
    expect(
      await first('landing/pos_transactions/pos_transactions-2026-10-30.csv.gz', 'pos_transactions'),
    ).toMatchObject({
      product_id: 'P,1 "x"',
      total_amount: '1.10',
      tax_amount: null,
      transaction_at: '2026-10-30T08:00:00.000000Z',
    });
    expect(await first('landing/retail_invoices/retail_invoices-2026-10.xlsx', 'retail_invoices')).toMatchObject({
      stock_code: '0042',
      description: 'Émail & <böld>',
      quantity: 3,
      invoice_timestamp: '2026-10-30T08:00:00.000000Z',
    });
    expect(await first('landing/page_views/page_views-2026-10-30.parquet', 'page_views')).toMatchObject({
      ip_address: '203.0.113.7',
      duration_ms: 1200,
      viewed_at: '2026-10-30T08:00:00.000000Z',
    });
    expect(await first('landing/support_tickets/support_tickets-2026-10.json', 'support_tickets')).toMatchObject({
      message: 'two\nlines',
    });
    const tsv = 'landing/third_party_inventory/third_party_inventory-2026-10-31.tsv';
    expect(await first(tsv, 'third_party_inventory')).toMatchObject({
      sku: 'sku\t0',
      on_hand: -1,
      snapshot_date: '2026-10-31',
    });
  });

  it('brings unknown columns along, apart from files with a header', async () => {
    const { folder, manifest } = await write();
    const extended = await Promise.all(
      manifest.landing.map(async ({ path, source }) => (await readLanding(folder, path, source)).extended),
    );
    // Each day and source has one, but those of the last day of three sources are events.
    expect(extended.reduce((sum, count) => sum + count, 0)).toBe(DAYS.length * 5 - 3);
  });

  it('has right events of right and wrong records, each under an id of its own', async () => {
    const { folder, manifest } = await write();
    for (const { path, sources } of manifest.events) {
      const lines = (await readFile(join(folder, path), 'utf8')).trimEnd().split('\n');
      const events = lines.map((line) => decodeEvent(Buffer.from(line)));
      expect(events.filter((event) => 'problem' in event)).toEqual([]);
      expect(new Set(events.map(({ id }) => id)).size).toBe(lines.length);
      expect(Object.values(sources)).toEqual([{ received: 11, accepted: 9, quarantined: 2 }]);
    }
  });

  it('adds up the money that will be accepted, by currency', async () => {
    const { manifest } = await write();
    expect(manifest.sources.pos_transactions?.sums).toMatchObject({
      total_amount: { EUR: '13.20', GBP: '16.50' },
    });
  });

  it('states the hash of each file', async () => {
    const { folder, manifest } = await write();
    for (const { path, sha256, bytes } of [...manifest.landing, ...manifest.events, ...manifest.truth]) {
      const content = await readFile(join(folder, path));
      expect([bytes, sha256]).toEqual([content.length, createHash('sha256').update(content).digest('hex')]);
    }
  });

  it('is the same to the byte each time, also when its sources are written apart', async () => {
    const [one, two] = await Promise.all([write(), write()]);
    expect(await contentsOf(two.folder)).toEqual(await contentsOf(one.folder));
    expect(two.manifest).toEqual(one.manifest);
    const folder = await temporaryFolder();
    const sources = Object.keys(one.manifest.sources);
    const parts = [];
    for (const [i, some] of [sources.slice(0, 2), sources.slice(2)].entries()) {
      parts.push(await writePart(handmade(), { folder, options: OPTIONS, sources: some, writesTruth: i === 0 }));
    }
    expect(mergeParts(OPTIONS, parts)).toEqual(one.manifest);
    expect(await contentsOf(folder)).toEqual(await contentsOf(one.folder));
  });

  it('stops when the contract and the generator disagree', async () => {
    const emissions = [...handmade()].map((one) => (one.kind === 'records' ? { ...one, refused: 1 } : one));
    const folder = await temporaryFolder();
    const writing = writePart(emissions, { folder, options: OPTIONS, sources: ['page_views'], writesTruth: false });
    await expect(writing).rejects.toMatchObject({ code: 'wrong_refusals', where: 'page_views' });
  });
});
