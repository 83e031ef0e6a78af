/*
description: >-
  Retention by cohort: customers by the month of their first purchase, followed month by month up to the month of the
  run. Months without activity are there, with zeros. Months are UTC; amounts are net, in base currency.
owner: marketing
grain: one row per cohort and month since (cohort_month, period_index)
kind: table
sort_by: [cohort_month, period_index]
sla: {hours: 2}
columns:
  - {name: cohort_month, type: date, description: First day of the month in which the customers first bought, checks: [not_null]}
  - {name: period_index, type: integer, description: 'Months since the cohort month, from 0', checks: [not_null, {range: {min: 0}}]}
  - {name: period_month, type: date, description: First day of the month that the row is about, checks: [not_null]}
  - {name: is_complete, type: boolean, description: Whether that month had ended on the day of the run, checks: [not_null]}
  - {name: cohort_customers, type: bigint, description: Customers of the cohort, checks: [not_null, {range: {min: 1}}]}
  - {name: active_customers, type: bigint, description: Those who bought in the month, checks: [not_null, {range: {min: 0}}]}
  - {name: retention, type: double, description: 'active_customers over cohort_customers, 0 to 1', checks: [not_null, {range: {min: 0, max: 1}}]}
  - {name: orders, type: bigint, description: Their orders in the month, checks: [not_null, {range: {min: 0}}]}
  - {name: revenue, type: 'decimal(18,2)', description: Their revenue in the month, checks: [not_null]}
  - {name: cumulative_revenue, type: 'decimal(18,2)', description: Their revenue up to the end of the month, checks: [not_null]}
  - {name: cumulative_revenue_per_customer, type: double, description: cumulative_revenue over cohort_customers, checks: [not_null]}
checks:
  - unique: {columns: [cohort_month, period_index]}
  - row_count: {min: 1, action: warn}
*/
with

sales as (
  select
    customer_id, order_id, net_amount, is_kept,
    cast(date_trunc('month', transaction_at) as date) as sale_month
  from gold.fact_sale
  where customer_id is not null
),

monthly as (
  select
    customer_id,
    sale_month,
    count(distinct order_id) filter (where is_kept) as orders,
    sum(net_amount) as revenue
  from sales
  group by customer_id, sale_month
),

members as (
  select customer_id, min(sale_month) as cohort_month
  from monthly
  where orders > 0
  group by customer_id
),

cohorts as (
  select cohort_month, count(*) as cohort_customers
  from members
  group by cohort_month
),

last_month as (
  -- Data later than the day of the run is shown, not lost.
  select greatest(cast(date_trunc('month', current_date) as date), max(sale_month)) as month
  from monthly
),

spine as (
  select cohort_month, cohort_customers, periods.period_index
  from cohorts
  cross join last_month
  cross join unnest(sequence(0, date_diff('month', cohort_month, last_month.month))) as periods (period_index)
),

activity as (
  -- A reversal that comes before the first purchase counts in the cohort's first month.
  select
    cohort_month,
    greatest(date_diff('month', cohort_month, sale_month), 0) as period_index,
    count_if(orders > 0) as active_customers,
    sum(orders) as orders,
    sum(revenue) as revenue
  from monthly
  join members on members.customer_id = monthly.customer_id
  group by cohort_month, greatest(date_diff('month', cohort_month, sale_month), 0)
),

periods as (
  select
    spine.cohort_month,
    spine.period_index,
    cohort_customers,
    cast(date_add('month', spine.period_index, spine.cohort_month) as date) as period_month,
    coalesce(active_customers, 0) as active_customers,
    cast(coalesce(orders, 0) as bigint) as orders,
    cast(coalesce(revenue, 0) as decimal(18,2)) as revenue,
    cast(sum(coalesce(revenue, 0)) over (
      partition by spine.cohort_month order by spine.period_index rows between unbounded preceding and current row
    ) as decimal(18,2)) as cumulative_revenue
  from spine
  left join activity
    on activity.cohort_month = spine.cohort_month
    and activity.period_index = spine.period_index
)

select
  cohort_month,
  cast(period_index as integer) as period_index,
  period_month,
  date_add('month', 1, period_month) <= current_date as is_complete,
  cohort_customers,
  active_customers,
  cast(active_customers as double) / cast(cohort_customers as double) as retention,
  orders,
  revenue,
  cumulative_revenue,
  cast(cumulative_revenue as double) / cast(cohort_customers as double) as cumulative_revenue_per_customer
from periods
