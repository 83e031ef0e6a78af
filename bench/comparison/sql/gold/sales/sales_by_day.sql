/*
description: Sales by day, store and channel
owner: analytics
grain: one row per day, store and channel
kind: partitioned
partition_by: [{column: sale_date, transform: month}]
partitions_from: {gold.fact_sale: transaction_at}
columns:
  - {name: sale_date, type: date, description: Day, checks: [not_null]}
  - {name: store_key, type: bigint, description: Store, checks: [not_null]}
  - {name: channel, type: varchar, description: Channel, checks: [not_null]}
  - {name: line_count, type: bigint, description: Lines, checks: [{range: {min: 1}}]}
  - {name: baskets, type: bigint, description: Baskets, checks: [{range: {min: 1}}]}
  - {name: units, type: bigint, description: Units that stay sold}
  - {name: revenue, type: 'decimal(18,2)', description: Amount that stays, checks: [not_null]}
  - {name: profit, type: 'decimal(18,2)', description: Profit of the lines whose cost is known}
  - {name: last_ingested_at, type: timestamp, description: When the newest line was received, checks: [not_null]}
checks:
  - unique: {columns: [sale_date, store_key, channel]}
  - sum_equals: {column: revenue, to: gold.fact_sale, to_column: net_amount}
*/
select
  cast(transaction_at as date) as sale_date,
  store_key,
  channel,
  count(*) as line_count,
  count(distinct transaction_id) as baskets,
  cast(sum(net_quantity) as bigint) as units,
  cast(sum(net_amount) as decimal(18,2)) as revenue,
  cast(sum(line_profit) as decimal(18,2)) as profit,
  max(ingested_at) as last_ingested_at
from gold.fact_sale
group by cast(transaction_at as date), store_key, channel
