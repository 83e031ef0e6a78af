/*
description: 'What each RFM segment is worth: customers, revenue and averages; those who never bought are prospects'
owner: marketing
grain: one row per segment (segment)
kind: view
columns:
  - {name: segment, type: varchar, description: 'Named RFM segment, or prospect', checks: [not_null, unique]}
  - {name: customers, type: bigint, description: Customers in the segment, checks: [not_null]}
  - {name: customer_share, type: double, description: Share of all customers}
  - {name: revenue, type: 'decimal(18,2)', description: 'What they spent, net, in base currency', checks: [not_null]}
  - {name: revenue_share, type: double, description: Share of all revenue from recognised customers}
  - {name: avg_lifetime_value, type: double, description: Mean of what they spent}
  - {name: avg_orders, type: double, description: Mean of their orders}
  - {name: avg_days_since_last_order, type: double, description: Mean days from the last purchase to the day of the run}
*/
with

segments as (
  select
    coalesce(rfm_segment, 'prospect') as segment,
    count(*) as customers,
    sum(total_spent) as revenue,
    avg(cast(total_spent as double)) as avg_lifetime_value,
    avg(cast(total_orders as double)) as avg_orders,
    avg(cast(days_since_last_order as double)) as avg_days_since_last_order
  from gold.customer_segmentation
  group by coalesce(rfm_segment, 'prospect')
)

select
  segment,
  customers,
  cast(customers as double) / cast(sum(customers) over () as double) as customer_share,
  cast(revenue as decimal(18,2)) as revenue,
  cast(revenue as double) / cast(nullif(sum(revenue) over (), 0) as double) as revenue_share,
  avg_lifetime_value,
  avg_orders,
  avg_days_since_last_order
from segments
