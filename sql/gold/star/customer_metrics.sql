/*
description: >-
  What each customer bought and how that scores, measured to the day of the run. Fixed cut-offs give rfm_score and
  customer_value_segment; quintiles among all customers (equal values score equally) give rfm_segment.
owner: analytics
grain: one row per customer with a purchase that was neither cancelled nor returned (customer_id)
kind: table
sort_by: [customer_id]
sla: {hours: 2}
columns:
  - {name: customer_id, type: varchar, description: Customer, classification: sensitive, checks: [not_null, unique]}
  - {name: first_order_at, type: timestamp, description: 'First purchase, in UTC', checks: [not_null]}
  - {name: last_order_at, type: timestamp, description: 'Last purchase, in UTC', checks: [not_null]}
  - {name: days_since_last_order, type: bigint, description: Days from the last purchase to the day of the run, checks: [not_null, {range: {min: 0}}]}
  - {name: total_orders, type: bigint, description: Orders with at least one line kept, checks: [not_null, {range: {min: 1}}]}
  - {name: total_units, type: bigint, description: Units that stayed sold, checks: [not_null]}
  - {name: total_spent, type: 'decimal(18,2)', description: 'Net of cancellations and returns, in base currency', checks: [not_null]}
  - {name: avg_order_value, type: double, description: 'total_spent over total_orders, in base currency', checks: [not_null]}
  - {name: recency_score, type: integer, description: '5 up to 30 days since the last purchase, 4 up to 60, 3 up to 90, 2 up to 180, else 1', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: frequency_score, type: integer, description: '5 from 50 orders, 4 from 20, 3 from 10, 2 from 5, else 1', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: monetary_score, type: integer, description: '5 from 10,000 spent, 4 from 5,000, 3 from 1,000, 2 from 500, else 1', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: rfm_score, type: integer, description: 'Sum of the three scores, 3 to 15', checks: [not_null, {range: {min: 3, max: 15}}]}
  - {name: customer_value_segment, type: varchar, description: 'By rfm_score: champions from 12, loyal_customers from 9, potential_loyalists from 6, else at_risk', checks: [not_null, {accepted_values: {values: [champions, loyal_customers, potential_loyalists, at_risk]}}]}
  - {name: recency_quintile, type: integer, description: 'Rank by last purchase in fifths, 5 most recent', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: frequency_quintile, type: integer, description: 'Rank by orders in fifths, 5 most orders', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: monetary_quintile, type: integer, description: 'Rank by spending in fifths, 5 most spent', checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: rfm_segment, type: varchar, description: Named segment of the three quintiles, checks: [not_null, {accepted_values: {values: [champions, loyal_customers, big_spenders, new_customers, at_risk, cannot_lose_them]}}]}
*/
with

order_lines as (
  select customer_id, order_id, net_quantity, net_amount, is_kept, transaction_at
  from silver.order_lines
  where customer_id is not null
),

purchases as (
  select
    customer_id,
    min(transaction_at) filter (where is_kept) as first_order_at,
    max(transaction_at) filter (where is_kept) as last_order_at,
    count(distinct order_id) filter (where is_kept) as total_orders,
    cast(sum(net_quantity) as bigint) as total_units,
    cast(sum(net_amount) as decimal(18,2)) as total_spent
  from order_lines
  group by customer_id
  having count_if(is_kept) > 0
),

measures as (
  select
    customer_id, first_order_at, last_order_at, total_orders, total_units, total_spent,
    greatest(date_diff('day', cast(last_order_at as date), current_date), 0) as days_since_last_order,
    cast(total_spent as double) / cast(total_orders as double) as avg_order_value,
    count(*) over () as customers,
    rank() over (order by cast(last_order_at as date)) - 1 as less_recent,
    rank() over (order by total_orders) - 1 as less_frequent,
    rank() over (order by total_spent) - 1 as less_spent
  from purchases
),

scores as (
  select
    customer_id, first_order_at, last_order_at, total_orders, total_units, total_spent,
    days_since_last_order, avg_order_value,
    case
      when days_since_last_order <= 30 then 5
      when days_since_last_order <= 60 then 4
      when days_since_last_order <= 90 then 3
      when days_since_last_order <= 180 then 2
      else 1
    end as recency_score,
    case
      when total_orders >= 50 then 5
      when total_orders >= 20 then 4
      when total_orders >= 10 then 3
      when total_orders >= 5 then 2
      else 1
    end as frequency_score,
    case
      when total_spent >= 10000 then 5
      when total_spent >= 5000 then 4
      when total_spent >= 1000 then 3
      when total_spent >= 500 then 2
      else 1
    end as monetary_score,
    -- Integer division: the fifth of all customers that the rank falls into.
    cast(5 * less_recent / customers + 1 as integer) as recency_quintile,
    cast(5 * less_frequent / customers + 1 as integer) as frequency_quintile,
    cast(5 * less_spent / customers + 1 as integer) as monetary_quintile
  from measures
)

select
  customer_id,
  first_order_at,
  last_order_at,
  days_since_last_order,
  total_orders,
  total_units,
  total_spent,
  avg_order_value,
  recency_score,
  frequency_score,
  monetary_score,
  recency_score + frequency_score + monetary_score as rfm_score,
  case
    when recency_score + frequency_score + monetary_score >= 12 then 'champions'
    when recency_score + frequency_score + monetary_score >= 9 then 'loyal_customers'
    when recency_score + frequency_score + monetary_score >= 6 then 'potential_loyalists'
    else 'at_risk'
  end as customer_value_segment,
  recency_quintile,
  frequency_quintile,
  monetary_quintile,
  case
    when recency_quintile >= 4 and frequency_quintile >= 4 and monetary_quintile >= 4 then 'champions'
    when recency_quintile <= 2 and frequency_quintile >= 4 and monetary_quintile >= 4 then 'cannot_lose_them'
    when recency_quintile <= 2 then 'at_risk'
    when monetary_quintile >= 4 and frequency_quintile <= 3 then 'big_spenders'
    when frequency_quintile >= 3 then 'loyal_customers'
    when recency_quintile >= 4 then 'new_customers'
    else 'at_risk'
  end as rfm_segment
from scores
