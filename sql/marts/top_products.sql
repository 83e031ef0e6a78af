/*
description: The hundred products with the highest net revenue
owner: merchandising
grain: one row per product (revenue_rank)
kind: view
columns:
  - {name: revenue_rank, type: bigint, description: 'Rank by revenue, from 1', checks: [not_null, unique]}
  - {name: product_id, type: varchar, description: Product, checks: [not_null]}
  - {name: product_name, type: varchar, description: 'Current name, else the code'}
  - {name: category, type: varchar, description: Current category}
  - {name: brand, type: varchar, description: Current brand}
  - {name: revenue, type: 'decimal(18,2)', description: 'Net revenue, in base currency', checks: [not_null]}
  - {name: profit, type: 'decimal(18,2)', description: Profit of the lines whose cost is known}
  - {name: units_sold, type: bigint, description: Units that stayed sold}
  - {name: customers, type: bigint, description: Recognised customers who bought it}
  - {name: revenue_share, type: double, description: Share of all revenue}
  - {name: abc_class, type: varchar, description: Class by cumulative revenue}
  - {name: trend_percentage, type: double, description: 'Last 30 days against the 30 before, in percent'}
  - {name: score, type: double, description: Performance score from 0 to 100}
*/
select
  revenue_rank,
  product_id,
  product_name,
  category,
  brand,
  revenue,
  profit,
  units_sold,
  customers,
  revenue_share,
  abc_class,
  trend_percentage,
  score
from gold.product_performance_analytics
where revenue_rank <= 100
