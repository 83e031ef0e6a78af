import type { FileFormat } from '../../../events/contracts/contract.ts';

/** First moment of the part that is replayed as events: the last seven calendar days, 2017-12-26 to 2018-01-01. */
export const STREAMED_FROM = '2017-12-26';

/** Logical date of the runs over this data: the day of its last sale. */
export const AS_OF = '2018-01-01';

/** A file to put in the landing bucket, and the SELECT that makes its rows. */
export interface SourceFile {
  readonly source: string;
  readonly name: string;
  readonly format: Exclude<FileFormat, 'xlsx'>;
  readonly sql: string;
}

/** Parquet files of the package, by the names that the SELECTs below use. */
export const PACKAGE_TABLES = [
  'transactions',
  'products',
  'demographics',
  'campaign_descriptions',
  'campaigns',
  'coupon_redemptions',
] as const;

const iso = (expression: string): string => `strftime(${expression}, '%Y-%m-%dT%H:%M:%SZ')`;

/** The master data carries no dates of change; it is taken as known from the year's first day. */
const FIRST_DAY = "'2017-01-01T00:00:00Z'";

/**
 * Amounts of a line. `sales_value` is what the retailer receives. The loyalty discount and the retailer's match of a
 * coupon were taken off before it, a manufacturer's coupon was not (the manufacturer pays it back), so that
 * `quantity * unit_price - discount_amount = total_amount`, and the customer paid `total_amount - coupon_amount`.
 * Without units there is no price of one.
 */
const LINE_AMOUNTS = `
  case when quantity > 0
    then round((sales_value + retail_disc + coupon_match_disc) / quantity, 4)::decimal(18,4) end as unit_price,
  (retail_disc + coupon_match_disc)::decimal(18,2) as discount_amount,
  coupon_disc::decimal(18,2) as coupon_amount,
  sales_value::decimal(18,2) as total_amount`;

/**
 * Lines of `pos_transactions`, numbered within their basket by product, which is unique there.
 *
 * @param currency ISO 4217 code that the amounts are taken as
 */
export const linesSql = (currency: string, condition: string): string => `
select
  basket_id::varchar as transaction_id,
  row_number() over (partition by basket_id order by product_id)::integer as line_number,
  store_id::varchar as store_id,
  household_id::varchar as customer_id,
  product_id::varchar as product_id,
  quantity,${LINE_AMOUNTS},
  '${currency}' as currency,
  'in_store' as channel,
  'in_store' as fulfillment,
  'delivered' as order_status,
  ${iso('transaction_timestamp')} as transaction_at,
  ${iso('transaction_timestamp')} as updated_at
from transactions
where ${condition}
order by transaction_timestamp, basket_id, line_number`;

const MONTHS = Array.from({ length: 12 }, (_, month) => `2017-${String(month + 1).padStart(2, '0')}`);

/** Baskets never cross midnight of a month: all lines of one carry the same time. */
const monthlyLines = (currency: string): SourceFile[] =>
  MONTHS.map((month) => ({
    source: 'pos_transactions',
    name: `${month}.csv`,
    format: 'csv',
    sql: linesSql(
      currency,
      `transaction_timestamp >= timestamp '${month}-01'
        and transaction_timestamp < least(timestamp '${month}-01' + interval 1 month, timestamp '${STREAMED_FROM}')`,
    ),
  }));

const PRODUCTS = `
select
  product_id::varchar as product_id,
  nullif(concat_ws(' ', product_type, package_size), '') as name,
  department,
  product_category as category,
  product_type as subcategory,
  brand,
  manufacturer_id::varchar as manufacturer_id,
  package_size,
  timestamp '2017-01-01' as updated_at
from products
order by products.product_id`;

/** Every household that bought anything; demographics are known of a third of them. */
const CUSTOMERS = `
select
  household_id::varchar as customer_id,
  age as age_band,
  income as income_band,
  home_ownership,
  marital_status,
  household_size,
  household_comp as household_composition,
  kids_count,
  ${FIRST_DAY} as updated_at
from (select distinct household_id from transactions) as households
left join demographics using (household_id)
order by household_id`;

const CAMPAIGNS = `
select
  campaign_id::varchar as campaign_id,
  'Campaign ' || campaign_id as name,
  campaign_type,
  strftime(start_date, '%Y-%m-%d') as start_date,
  strftime(end_date, '%Y-%m-%d') as end_date,
  ${iso('start_date')} as updated_at
from campaign_descriptions
order by campaign_descriptions.campaign_id`;

/** The dataset tells who was addressed but not when: it is taken as the campaign's first day. */
const RECIPIENTS = `
select
  campaigns.campaign_id::varchar as campaign_id,
  household_id::varchar as customer_id,
  ${iso('start_date')} as sent_at,
  ${iso('start_date')} as updated_at
from campaigns
join campaign_descriptions using (campaign_id)
order by campaigns.campaign_id, household_id`;

const REDEMPTIONS = `
select
  concat_ws('-', household_id, coupon_upc, campaign_id, strftime(redemption_date, '%Y%m%d')) as redemption_id,
  household_id::varchar as customer_id,
  coupon_upc::varchar as coupon_upc,
  campaign_id::varchar as campaign_id,
  ${iso('redemption_date')} as redeemed_at,
  ${iso('redemption_date')} as updated_at
from coupon_redemptions
order by redemption_date, redemption_id`;

/** Everything that goes through the landing bucket, each source in its natural format. */
export const sourceFiles = (currency: string): SourceFile[] => [
  ...monthlyLines(currency),
  { source: 'erp_products', name: 'products.parquet', format: 'parquet', sql: PRODUCTS },
  { source: 'crm_customers', name: 'households.csv', format: 'csv', sql: CUSTOMERS },
  { source: 'email_campaigns', name: 'campaigns.json', format: 'json', sql: CAMPAIGNS },
  { source: 'email_campaign_recipients', name: 'recipients.ndjson', format: 'ndjson', sql: RECIPIENTS },
  { source: 'coupon_redemptions', name: 'redemptions.csv', format: 'csv', sql: REDEMPTIONS },
];

/** The lines that are replayed as events. */
export const streamedLinesSql = (currency: string): string =>
  linesSql(currency, `transaction_timestamp >= timestamp '${STREAMED_FROM}'`);
