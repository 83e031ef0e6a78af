/*
description: Sales by line, with the keys of their dimensions, cost and profit
owner: analytics
grain: one row per line of a sale
kind: partitioned
partition_by: [{column: transaction_at, transform: month}]
partitions_from: {silver.order_lines: transaction_at}
sort_by: [transaction_at]
columns:
  - {name: sale_id, type: varchar, description: Line of a sale, checks: [not_null, unique]}
  - {name: product_key, type: bigint, description: Product, checks: [not_null, {relationships: {to: silver.products, column: product_key}}]}
  - {name: store_key, type: bigint, description: Store, checks: [not_null, {relationships: {to: silver.stores, column: store_key}}]}
  - {name: date_key, type: integer, description: 'Day of the sale, as yyyymmdd', checks: [not_null]}
  - {name: transaction_id, type: varchar, description: Basket, checks: [not_null]}
  - {name: customer_id, type: varchar, description: Customer where one was recognised}
  - {name: channel, type: varchar, description: Channel, checks: [not_null, {accepted_values: {values: [online, in_store, app]}}]}
  - {name: transaction_at, type: timestamp, description: Time of the sale, checks: [not_null]}
  - {name: quantity, type: integer, description: Units, checks: [not_null]}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount, checks: [not_null]}
  - {name: net_quantity, type: integer, description: Units that stay sold, checks: [not_null]}
  - {name: net_amount, type: 'decimal(18,2)', description: Amount that stays, checks: [not_null]}
  - {name: line_cost, type: 'decimal(18,2)', description: Cost of the net units where it is known}
  - {name: line_profit, type: 'decimal(18,2)', description: Amount that stays less cost}
  - {name: ingested_at, type: timestamp, description: When the line was received, checks: [not_null]}
checks:
  - sum_equals: {column: total_amount, to: silver.order_lines, to_column: total_amount}
*/
with

netted as (
  select
    order_line_id, product_id, store_id, transaction_id, customer_id, channel, transaction_at, quantity, total_amount,
    ingested_at,
    case when order_status in ('cancelled', 'returned') then 0 else quantity end as net_quantity,
    case when order_status in ('cancelled', 'returned') then decimal '0.00' else total_amount end as net_amount
  from silver.order_lines
),

costed as (
  select
    order_line_id, product_key, store_key, transaction_id, customer_id, channel, transaction_at, quantity, total_amount,
    net_quantity, net_amount, ingested_at,
    cast(net_quantity * unit_cost as decimal(18,2)) as line_cost
  from netted
  left join silver.products as products on products.product_id = netted.product_id
  left join silver.stores as stores on stores.store_id = netted.store_id
)

select
  order_line_id as sale_id,
  product_key,
  store_key,
  cast(year(transaction_at) * 10000 + month(transaction_at) * 100 + day(transaction_at) as integer) as date_key,
  transaction_id,
  customer_id,
  channel,
  transaction_at,
  quantity,
  total_amount,
  net_quantity,
  net_amount,
  line_cost,
  cast(net_amount - line_cost as decimal(18,2)) as line_profit,
  ingested_at
from costed
