/*
description: How each product sells, with its rank and its ABC class by cumulative revenue
owner: merchandising
grain: one row per product that was ever sold
kind: table
sort_by: [revenue_rank]
columns:
  - {name: product_key, type: bigint, description: Product, checks: [not_null, unique]}
  - {name: product_name, type: varchar, description: Name}
  - {name: category, type: varchar, description: Category}
  - {name: revenue, type: 'decimal(18,2)', description: Amount that stays, checks: [not_null]}
  - {name: units, type: bigint, description: Units that stay sold, checks: [not_null]}
  - {name: customers, type: bigint, description: Recognised customers, checks: [{range: {min: 0}}]}
  - {name: profit, type: 'decimal(18,2)', description: Profit}
  - {name: revenue_rank, type: bigint, description: Rank, checks: [not_null, unique]}
  - {name: abc_class, type: varchar, description: 'A to 80 %, B to 95 % of the revenue, else C', checks: [{accepted_values: {values: [A, B, C]}}]}
checks:
  - sum_equals: {column: revenue, to: gold.fact_sale, to_column: net_amount}
*/
with

totals as (
  select
    product_key,
    cast(sum(net_amount) as decimal(18,2)) as revenue,
    cast(sum(net_quantity) as bigint) as units,
    count(distinct customer_id) as customers,
    cast(sum(line_profit) as decimal(18,2)) as profit
  from gold.fact_sale
  group by product_key
),

ranked as (
  select
    totals.product_key, product_name, category, revenue, units, customers, profit,
    row_number() over (order by revenue desc, totals.product_key) as revenue_rank,
    cast(sum(revenue) over () as decimal(18,2)) as all_revenue,
    cast(sum(revenue) over (
      order by revenue desc, totals.product_key rows between unbounded preceding and current row
    ) as decimal(18,2)) as cumulative_revenue
  from totals
  left join silver.products as products on products.product_key = totals.product_key
)

select
  product_key,
  product_name,
  category,
  revenue,
  units,
  customers,
  profit,
  revenue_rank,
  case
    when (cumulative_revenue - revenue) * 100 < all_revenue * 80 then 'A'
    when (cumulative_revenue - revenue) * 100 < all_revenue * 95 then 'B'
    else 'C'
  end as abc_class
from ranked
