/*
description: >-
  Sales of each day from the first to the last sale, days without sales included. Days are UTC; amounts are net of
  cancellations and returns, in base currency.
owner: analytics
grain: one row per day (date)
kind: view
columns:
  - {name: date, type: date, description: The day, checks: [not_null]}
  - {name: day_name, type: varchar, description: Name of the day in English}
  - {name: is_weekend, type: boolean, description: Saturday or Sunday}
  - {name: is_holiday, type: boolean, description: Bank holiday in England and Wales}
  - {name: orders, type: bigint, description: Orders with a line kept, checks: [not_null]}
  - {name: customers, type: bigint, description: Recognised customers who bought, checks: [not_null]}
  - {name: units, type: bigint, description: Units that stayed sold, checks: [not_null]}
  - {name: revenue, type: 'decimal(18,2)', description: Net revenue, checks: [not_null]}
  - {name: discounts, type: 'decimal(18,2)', description: 'Loyalty and promotion discounts given', checks: [not_null]}
  - {name: avg_order_value, type: double, description: Revenue over orders; null without orders}
  - {name: revenue_7_day_average, type: double, description: Mean daily revenue of this and the six days before}
checks:
  - sum_equals: {column: revenue, to: gold.fact_sale, to_column: net_amount}
*/
with

sales as (
  select
    date_key,
    count(distinct order_id) filter (where is_kept) as orders,
    count(distinct customer_id) filter (where is_kept) as customers,
    sum(net_quantity) as units,
    sum(net_amount) as revenue,
    sum(discount_amount) filter (where is_kept) as discounts
  from gold.fact_sale
  group by date_key
),

bounds as (
  select min(date_key) as first_key, max(date_key) as last_key
  from sales
),

days as (
  select
    dim_date.date, day_name, is_weekend, is_holiday,
    coalesce(orders, 0) as orders,
    coalesce(customers, 0) as customers,
    cast(coalesce(units, 0) as bigint) as units,
    cast(coalesce(revenue, 0) as decimal(18,2)) as revenue,
    cast(coalesce(discounts, 0) as decimal(18,2)) as discounts
  from gold.dim_date
  join bounds on dim_date.date_key between first_key and last_key
  left join sales on sales.date_key = dim_date.date_key
)

select
  date,
  day_name,
  is_weekend,
  is_holiday,
  orders,
  customers,
  units,
  revenue,
  discounts,
  cast(revenue as double) / cast(nullif(orders, 0) as double) as avg_order_value,
  avg(cast(revenue as double)) over (order by date rows between 6 preceding and current row) as revenue_7_day_average
from days
