import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamedEvents } from '../../../cli/datasets/complete-journey/events.ts';
import { sourceFiles } from '../../../cli/datasets/complete-journey/sources.ts';
import { openPackage, writeSource } from '../../../cli/datasets/complete-journey/write.ts';
import { decodeEvent } from '../../../events/cloud-event.ts';
import { contractOf } from '../../../events/contracts/index.ts';

/** A package with a handful of rows in the columns and types of the real one. */
const TABLES: Readonly<Record<string, string>> = {
  transactions: `
    select * from (values
      (900, 330, 31198570044, 1095275, 2, 2.78, 0.80, 0.00, 0.10, 1, timestamp '2017-01-31 23:59:59'),
      (900, 330, 31198570044, 819978, 1, 1.00, 0.00, 0.55, 0.00, 1, timestamp '2017-01-31 23:59:59'),
      (900, 330, 31198570099, 819978, 0, 0.00, 0.00, 0.00, 0.00, 5, timestamp '2017-02-01 00:00:00'),
      (7, 31, 41400430018, 819978, 3, 1.00, 0.00, 0.00, 0.00, 52, timestamp '2017-12-25 23:59:59'),
      (7, 31, 41400430019, 819978, 1, 1.29, 0.00, 0.00, 0.00, 53, timestamp '2018-01-01 04:01:20'),
      (7, 31, 41400430020, 1095275, 9000, 21.00, 0.00, 0.00, 0.00, 52, timestamp '2017-12-26 00:00:00')
    ) as t (household_id, store_id, basket_id, product_id, quantity, sales_value, retail_disc, coupon_disc,
      coupon_match_disc, week, transaction_timestamp)`,
  products: `
    select 819978 as product_id, 2 as manufacturer_id, 'GROCERY' as department, 'National' as brand,
      'FRZN ICE' as product_category, 'ICE - CRUSHED/CUBED' as product_type, '22 LB' as package_size`,
  demographics: `
    select 7 as household_id, '45-54' as age, '35-49K' as income, 'Homeowner' as home_ownership,
      null::varchar as marital_status, '2' as household_size, '2 Adults No Kids' as household_comp, '0' as kids_count`,
  campaign_descriptions: `
    select 18 as campaign_id, 'Type A' as campaign_type, timestamp '2017-10-30' as start_date,
      timestamp '2017-12-24' as end_date`,
  campaigns: 'select 18 as campaign_id, 7 as household_id',
  coupon_redemptions: `
    select 7 as household_id, 51380041013 as coupon_upc, 18 as campaign_id, timestamp '2017-11-02' as redemption_date`,
};

let folder: string;
let dataset: DuckDBInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-journey-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [name, sql] of Object.entries(TABLES)) {
    await connection.run(`copy (${sql}) to '${join(folder, `${name}.parquet`)}' (format parquet)`);
  }
  dataset = await openPackage(folder);
});
afterAll(async () => {
  dataset.closeSync();
  await rm(folder, { recursive: true });
});

async function written(source: string, name: string): Promise<{ rows: number; text: string }> {
  const file = sourceFiles('GBP').find((candidate) => candidate.source === source && candidate.name === name);
  if (file === undefined) throw new Error(`no file ${source}/${name}`);
  const { path, rows } = await writeSource(dataset, file, folder);
  return { rows, text: await readFile(path, 'utf8') };
}

describe('the Complete Journey as sources', () => {
  it('has one file a month and one a further source, each named by its contract', () => {
    const files = sourceFiles('GBP');
    expect(files.filter(({ source }) => source === 'pos_transactions')).toHaveLength(12);
    for (const { source, format } of files) expect(contractOf(source)?.transport.file).toBe(format);
  });

  it('prices a unit at the shelf, before loyalty discount and coupon match; a maker’s coupon lowers neither', async () => {
    const { text } = await written('pos_transactions', '2017-01.csv');
    const [header, ...lines] = text.trim().split('\n');
    expect(header).toBe(
      'transaction_id,line_number,store_id,customer_id,product_id,quantity,unit_price,discount_amount,coupon_amount,' +
        'total_amount,currency,channel,fulfillment,order_status,transaction_at,updated_at',
    );
    const end = 'GBP,in_store,in_store,delivered,2017-01-31T23:59:59Z,2017-01-31T23:59:59Z';
    expect(lines).toEqual([
      `31198570044,1,330,900,819978,1,1.0000,0.00,0.55,1.00,${end}`,
      `31198570044,2,330,900,1095275,2,1.8400,0.90,0.00,2.78,${end}`,
    ]);
  });

  it('sends lines without units too, which have no price of one', async () => {
    const { text } = await written('pos_transactions', '2017-02.csv');
    expect(text).toContain('31198570099,1,330,900,819978,0,,0.00,0.00,0.00,GBP');
  });

  it('lands what was sold before the last seven days, and replays the rest', async () => {
    expect((await written('pos_transactions', '2017-12.csv')).text).toContain('41400430018');
    expect((await written('pos_transactions', '2017-12.csv')).rows).toBe(1);
    const events = await streamedEvents(dataset, 'GBP');
    expect(events.map(({ partitionKey }) => partitionKey)).toEqual(['41400430020', '41400430019']);
  });

  it('replays events that the contract’s decoder reads, under the same ids each time', async () => {
    const read = async () => (await streamedEvents(dataset, 'GBP')).map(({ data }) => decodeEvent(Buffer.from(data)));
    const first = await read();
    expect(first).toEqual(await read());
    expect(first[1]).toMatchObject({
      contract: contractOf('pos_transactions'),
      id: '41400430019-1',
      data: { quantity: 1, unit_price: 1.29, total_amount: 1.29, transaction_at: '2018-01-01T04:01:20Z' },
    });
  });

  it('knows every household that bought, and invents nothing about those without demographics', async () => {
    const { text } = await written('crm_customers', 'households.csv');
    expect(text.trim().split('\n').slice(1)).toEqual([
      '7,45-54,35-49K,Homeowner,,2,2 Adults No Kids,0,2017-01-01T00:00:00Z',
      '900,,,,,,,,2017-01-01T00:00:00Z',
    ]);
  });

  it('takes a campaign’s first day as the day it was sent', async () => {
    expect(JSON.parse((await written('email_campaign_recipients', 'recipients.ndjson')).text)).toEqual({
      campaign_id: '18',
      customer_id: '7',
      sent_at: '2017-10-30T00:00:00Z',
      updated_at: '2017-10-30T00:00:00Z',
    });
    expect(JSON.parse((await written('email_campaigns', 'campaigns.json')).text)).toMatchObject([
      { campaign_id: '18', start_date: '2017-10-30', end_date: '2017-12-24' },
    ]);
  });

  it('gives each redemption an id of its own', async () => {
    const { text } = await written('coupon_redemptions', 'redemptions.csv');
    expect(text).toContain('7-51380041013-18-20171102,7,51380041013,18,2017-11-02T00:00:00Z');
  });
});
