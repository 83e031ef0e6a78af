/*
description: >-
  How each product sells: revenue, profit, rank, ABC class by cumulative revenue (A to 80 %, B to 95 %), the last 30
  days against the 30 before, and a score from 0 to 100. Net of cancellations and returns, in base currency.
owner: merchandising
grain: one row per product that was ever sold (product_id)
kind: table
sort_by: [revenue_rank]
sla: {hours: 2}
columns:
  - {name: product_id, type: varchar, description: Product, checks: [not_null, unique]}
  - {name: product_key, type: bigint, description: Current version of the product, checks: [not_null, {relationships: {to: gold.dim_product, column: product_key}}]}
  - {name: product_name, type: varchar, description: 'Current name, else the code', checks: [not_null]}
  - {name: category, type: varchar, description: Current category}
  - {name: brand, type: varchar, description: Current brand}
  - {name: revenue, type: 'decimal(18,2)', description: 'Net revenue, in base currency', checks: [not_null]}
  - {name: units_sold, type: bigint, description: Units that stayed sold, checks: [not_null]}
  - {name: orders, type: bigint, description: Orders with a line kept, checks: [not_null, {range: {min: 0}}]}
  - {name: customers, type: bigint, description: Recognised customers with a line kept, checks: [not_null, {range: {min: 0}}]}
  - {name: first_sale_date, type: date, description: 'Day of the first line, in UTC', checks: [not_null]}
  - {name: last_sale_date, type: date, description: 'Day of the last line, in UTC', checks: [not_null]}
  - {name: profit, type: 'decimal(18,2)', description: Profit of the lines whose cost is known; null where none is}
  - {name: margin_percentage, type: double, description: 'Profit as a percentage of the revenue of the lines whose cost is known'}
  - {name: revenue_share, type: double, description: Share of all revenue}
  - {name: cumulative_revenue_share, type: double, description: Share of all revenue of this and the products ranked above it}
  - {name: revenue_rank, type: bigint, description: 'Rank by revenue, from 1; ties by product', checks: [not_null, unique, {range: {min: 1}}]}
  - {name: category_rank, type: bigint, description: 'Rank by revenue within the category, from 1; ties by product', checks: [not_null, {range: {min: 1}}]}
  - {name: abc_class, type: varchar, description: 'A while the products above it bring under 80 % of the revenue, B under 95 %, else C', checks: [not_null, {accepted_values: {values: [A, B, C]}}]}
  - {name: revenue_last_30_days, type: 'decimal(18,2)', description: Revenue of the 30 days up to the day of the run, checks: [not_null]}
  - {name: revenue_previous_30_days, type: 'decimal(18,2)', description: Revenue of the 30 days before those, checks: [not_null]}
  - {name: trend_percentage, type: double, description: Change between the two in percent; null where the earlier revenue is not positive}
  - {name: score, type: double, description: '0 to 100: share of products it equals or beats by revenue (weight 50), customers (30) and change of revenue (20)', checks: [not_null, {range: {min: 0, max: 100}}]}
checks:
  - row_count: {min: 1, action: warn}
  - freshness: {column: last_sale_date, hours: 24, action: warn}
  - sum_equals: {column: revenue, to: gold.fact_sale, to_column: net_amount}
*/
with

sales as (
  select
    product_id, order_id, customer_id, net_quantity, net_amount, line_profit, is_kept,
    cast(transaction_at as date) as sale_date,
    date_diff('day', cast(transaction_at as date), current_date) as days_ago
  from gold.fact_sale
),

products as (
  select product_id, product_key, description, category, brand
  from gold.dim_product
  where is_current
),

totals as (
  select
    product_id,
    cast(sum(net_amount) as decimal(18,2)) as revenue,
    cast(sum(net_quantity) as bigint) as units_sold,
    count(distinct order_id) filter (where is_kept) as orders,
    count(distinct customer_id) filter (where is_kept) as customers,
    min(sale_date) as first_sale_date,
    max(sale_date) as last_sale_date,
    cast(sum(line_profit) as decimal(18,2)) as profit,
    cast(sum(net_amount) filter (where line_profit is not null) as decimal(18,2)) as costed_revenue,
    cast(coalesce(sum(net_amount) filter (where days_ago between 0 and 29), 0) as decimal(18,2)) as revenue_last_30_days,
    cast(coalesce(sum(net_amount) filter (where days_ago between 30 and 59), 0) as decimal(18,2)) as revenue_previous_30_days
  from sales
  group by product_id
),

ranked as (
  select
    totals.product_id, product_key, description, category, brand, revenue, units_sold, orders, customers,
    first_sale_date, last_sale_date, profit, costed_revenue, revenue_last_30_days, revenue_previous_30_days,
    row_number() over (order by revenue desc, totals.product_id, product_key) as revenue_rank,
    row_number() over (partition by category order by revenue desc, totals.product_id, product_key) as category_rank,
    cast(sum(revenue) over () as decimal(18,2)) as all_revenue,
    cast(sum(revenue) over (
      order by revenue desc, totals.product_id, product_key rows between unbounded preceding and current row
    ) as decimal(18,2)) as cumulative_revenue,
    cume_dist() over (order by revenue) as revenue_position,
    cume_dist() over (order by customers) as customers_position,
    cume_dist() over (order by revenue_last_30_days - revenue_previous_30_days) as trend_position
  from totals
  left join products on products.product_id = totals.product_id
)

select
  product_id,
  product_key,
  description as product_name,
  category,
  brand,
  revenue,
  units_sold,
  orders,
  customers,
  first_sale_date,
  last_sale_date,
  profit,
  100 * cast(profit as double) / cast(nullif(costed_revenue, 0) as double) as margin_percentage,
  cast(revenue as double) / cast(nullif(all_revenue, 0) as double) as revenue_share,
  cast(cumulative_revenue as double) / cast(nullif(all_revenue, 0) as double) as cumulative_revenue_share,
  revenue_rank,
  category_rank,
  case
    when (cumulative_revenue - revenue) * 100 < all_revenue * 80 then 'A'
    when (cumulative_revenue - revenue) * 100 < all_revenue * 95 then 'B'
    else 'C'
  end as abc_class,
  revenue_last_30_days,
  revenue_previous_30_days,
  case
    when revenue_previous_30_days > 0
      then 100 * cast(revenue_last_30_days - revenue_previous_30_days as double) / cast(revenue_previous_30_days as double)
  end as trend_percentage,
  50 * revenue_position + 30 * customers_position + 20 * trend_position as score
from ranked
