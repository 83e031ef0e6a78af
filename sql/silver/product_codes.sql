/*
description: >-
  Which product of the ERP a stock keeping unit means, for systems that know products by it. Join it on
  upper(trim(sku)). A product without a stock keeping unit of its own is found by its number.
owner: merchandising
grain: one row per stock keeping unit (sku)
kind: table
sort_by: [sku]
sla: {hours: 2}
columns:
  - {name: sku, type: varchar, description: 'Stock keeping unit, in upper case', checks: [not_null, unique]}
  - {name: product_id, type: varchar, description: Product in the ERP, checks: [not_null, {relationships: {to: silver.products, column: product_id}}]}
checks:
  - row_count: {min: 1, action: warn}
*/
with

-- A code that two products claim means the one that was changed last.
claims as (
  select
    upper(coalesce(sku, product_id)) as sku, product_id,
    row_number() over (partition by upper(coalesce(sku, product_id)) order by updated_at desc, product_id) as choice
  from silver.products
  where is_latest
)

select sku, product_id
from claims
where choice = 1
