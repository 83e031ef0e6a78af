import type { DatasetName } from '../datasets/dataset.ts';

const SEGMENTS = `select segment, customers, revenue, round(100 * revenue_share, 1) as percent
from marts.customer_segments
order by revenue desc`;

const TOP_PRODUCTS = `select revenue_rank, product_name, category, revenue, customers
from marts.top_products
order by revenue_rank
limit 5`;

/** What the demo shows of each dataset. */
export const DEMO_QUERIES: Readonly<Record<DatasetName, readonly string[]>> = {
  'complete-journey': [
    `select date_trunc('month', date) as month, sum(orders) as orders, sum(revenue) as revenue
from marts.sales_by_day
group by 1
order by 1`,
    SEGMENTS,
    TOP_PRODUCTS,
  ],
  synthetic: [
    `select date_trunc('week', date) as week, sum(orders) as orders, sum(revenue) as revenue
from marts.sales_by_day
group by 1
order by 1`,
    SEGMENTS,
    TOP_PRODUCTS,
    `select channel, currency, count(distinct order_id) as orders, sum(net_amount) as revenue_in_gbp
from gold.fact_sale
group by channel, currency
order by revenue_in_gbp desc
limit 6`,
    `select event_type, count(*) as events, count(distinct session_id) as visits
from silver.page_views
group by event_type
order by events desc`,
    `select email_domain, count(distinct customer_id) as customers, count(distinct email_token) as addresses
from silver.customers
group by email_domain
order by customers desc, email_domain
limit 4`,
    `select source, sum(received) as received, sum(quarantined) as refused, sum(duplicates) as duplicates
from gold.intake_ledger
group by source
order by received desc, source
limit 6`,
  ],
};
