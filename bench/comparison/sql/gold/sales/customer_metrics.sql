/*
description: What each recognised customer has bought so far
owner: customer-insight
grain: one row per customer
kind: table
columns:
  - {name: customer_id, type: varchar, description: Customer, checks: [not_null, unique]}
  - {name: baskets, type: bigint, description: Baskets, checks: [{range: {min: 1}}]}
  - {name: line_count, type: bigint, description: Lines, checks: [{range: {min: 1}}]}
  - {name: revenue, type: 'decimal(18,2)', description: Amount that stays, checks: [not_null]}
  - {name: profit, type: 'decimal(18,2)', description: Profit}
  - {name: first_sale_date, type: date, description: First day, checks: [not_null]}
  - {name: last_sale_date, type: date, description: Last day, checks: [not_null]}
  - {name: days_since_last_sale, type: bigint, description: Up to the day of the run, checks: [{range: {min: 0}}]}
*/
select
  customer_id,
  count(distinct transaction_id) as baskets,
  count(*) as line_count,
  cast(sum(net_amount) as decimal(18,2)) as revenue,
  cast(sum(line_profit) as decimal(18,2)) as profit,
  cast(min(transaction_at) as date) as first_sale_date,
  cast(max(transaction_at) as date) as last_sale_date,
  date_diff('day', cast(max(transaction_at) as date), current_date) as days_since_last_sale
from gold.fact_sale
where customer_id is not null
group by customer_id
