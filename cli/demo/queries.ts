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
    `select event_type, count(*) as events, count(distinct session_id) as visits
from bronze.page_views
group by event_type
order by events desc`,
    `select source, reason, field, count(*) as refused
from bronze.quarantine
group by source, reason, field
order by refused desc, source, reason, field
limit 5`,
  ],
};
