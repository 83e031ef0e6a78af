/*
description: Products in their latest version
owner: merchandising
grain: one row per product
kind: table
columns:
  - {name: product_key, type: bigint, description: Surrogate key, checks: [not_null, unique]}
  - {name: product_id, type: varchar, description: Product, checks: [not_null, unique]}
  - {name: product_name, type: varchar, description: Name}
  - {name: category, type: varchar, description: Category}
  - {name: brand, type: varchar, description: Brand}
  - {name: unit_cost, type: 'decimal(18,4)', description: Cost of a unit}
checks:
  - row_count: {min: 1}
*/
with

versions as (
  select
    product_id, name, category, brand, unit_cost,
    row_number() over (
      partition by product_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.erp_products
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(product_id))), 1, 15), 16) as bigint) as product_key,
  product_id,
  nullif(trim(name), '') as product_name,
  nullif(trim(category), '') as category,
  nullif(trim(brand), '') as brand,
  unit_cost
from versions
where recency = 1
