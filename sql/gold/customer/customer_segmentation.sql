/*
description: >-
  Every known customer with the segments that marketing addresses: RFM by fixed cut-offs and by quintiles, value tier
  and lifecycle stage, measured to the day of the run. Who never bought is a prospect, without scores.
owner: marketing
grain: one row per customer (customer_id)
kind: table
sort_by: [customer_id]
sla: {hours: 2}
columns:
  - {name: customer_id, type: varchar, description: Customer, classification: sensitive, checks: [not_null, unique]}
  - {name: customer_key, type: bigint, description: Current version of the customer, checks: [not_null, {relationships: {to: gold.dim_customer, column: customer_key}}]}
  - {name: customer_segment, type: varchar, description: Segment that sales assigned; unknown where none, checks: [not_null]}
  - {name: first_order_date, type: date, description: 'Day of the first purchase, in UTC'}
  - {name: last_order_date, type: date, description: 'Day of the last purchase, in UTC'}
  - {name: days_since_last_order, type: bigint, description: Days from the last purchase to the day of the run, checks: [{range: {min: 0}}]}
  - {name: total_orders, type: bigint, description: Orders with at least one line kept, checks: [not_null]}
  - {name: total_spent, type: 'decimal(18,2)', description: 'Net of cancellations and returns, in base currency', checks: [not_null]}
  - {name: avg_order_value, type: double, description: 'total_spent over total_orders, in base currency'}
  - {name: recency_score, type: integer, description: Recency by fixed cut-offs, checks: [{range: {min: 1, max: 5}}]}
  - {name: frequency_score, type: integer, description: Frequency by fixed cut-offs, checks: [{range: {min: 1, max: 5}}]}
  - {name: monetary_score, type: integer, description: Spending by fixed cut-offs, checks: [{range: {min: 1, max: 5}}]}
  - {name: rfm_score, type: integer, description: 'Sum of the three scores, 3 to 15', checks: [{range: {min: 3, max: 15}}]}
  - {name: customer_value_segment, type: varchar, description: Segment of rfm_score, checks: [{accepted_values: {values: [champions, loyal_customers, potential_loyalists, at_risk]}}]}
  - {name: recency_quintile, type: integer, description: 'Rank by last purchase in fifths, 5 most recent', checks: [{range: {min: 1, max: 5}}]}
  - {name: frequency_quintile, type: integer, description: 'Rank by orders in fifths, 5 most orders', checks: [{range: {min: 1, max: 5}}]}
  - {name: monetary_quintile, type: integer, description: 'Rank by spending in fifths, 5 most spent', checks: [{range: {min: 1, max: 5}}]}
  - {name: rfm_segment, type: varchar, description: Named segment of the three quintiles, checks: [{accepted_values: {values: [champions, loyal_customers, big_spenders, new_customers, at_risk, cannot_lose_them]}}]}
  - {name: value_tier, type: varchar, description: 'high_value above 10,000 spent, medium_value above 1,000, low_value above 0, else no_purchases', checks: [not_null, {accepted_values: {values: [high_value, medium_value, low_value, no_purchases]}}]}
  - {name: lifecycle_stage, type: varchar, description: 'active up to 30 days since the last purchase, at_risk up to 90, dormant up to 365, else churned; prospect without a purchase', checks: [not_null, {accepted_values: {values: [active, at_risk, dormant, churned, prospect]}}]}
  - {name: as_of_date, type: date, description: Day of the run that the measures refer to, checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
*/
with

customers as (
  select customer_id, customer_key, customer_segment
  from gold.dim_customer
  where is_current
),

metrics as (
  select
    customer_id, first_order_at, last_order_at, days_since_last_order, total_orders, total_spent, avg_order_value,
    recency_score, frequency_score, monetary_score, rfm_score, customer_value_segment,
    recency_quintile, frequency_quintile, monetary_quintile, rfm_segment
  from gold.customer_metrics
)

select
  customers.customer_id,
  customer_key,
  customer_segment,
  cast(first_order_at as date) as first_order_date,
  cast(last_order_at as date) as last_order_date,
  days_since_last_order,
  coalesce(total_orders, 0) as total_orders,
  coalesce(total_spent, decimal '0.00') as total_spent,
  avg_order_value,
  recency_score,
  frequency_score,
  monetary_score,
  rfm_score,
  customer_value_segment,
  recency_quintile,
  frequency_quintile,
  monetary_quintile,
  rfm_segment,
  case
    when total_spent > 10000 then 'high_value'
    when total_spent > 1000 then 'medium_value'
    when total_spent > 0 then 'low_value'
    else 'no_purchases'
  end as value_tier,
  case
    when days_since_last_order <= 30 then 'active'
    when days_since_last_order <= 90 then 'at_risk'
    when days_since_last_order <= 365 then 'dormant'
    when days_since_last_order > 365 then 'churned'
    else 'prospect'
  end as lifecycle_stage,
  current_date as as_of_date
from customers
left join metrics on metrics.customer_id = customers.customer_id
