/*
description: Products with the history of their master data
owner: merchandising
grain: one row per product and version (product_id, updated_at)
kind: table
sort_by: [product_id, updated_at]
sla: {hours: 2}
columns:
  - {name: product_id, type: varchar, description: Product, checks: [not_null]}
  - {name: sku, type: varchar, description: 'Stock keeping unit, where it differs from the product'}
  - {name: product_name, type: varchar, description: Name shown to customers}
  - {name: category, type: varchar, description: Category}
  - {name: subcategory, type: varchar, description: Type within the category}
  - {name: brand, type: varchar, description: 'Brand, or whether it is the retailer’s own'}
  - {name: department, type: varchar, description: Department of the store}
  - {name: manufacturer_id, type: varchar, description: Manufacturer}
  - {name: package_size, type: varchar, description: 'Size of the package, as printed'}
  - {name: unit_price, type: 'decimal(18,4)', description: 'Recommended price of one unit, in base currency', checks: [{range: {min: 0}}]}
  - {name: unit_cost, type: 'decimal(18,4)', description: 'Cost of one unit, in base currency', checks: [{range: {min: 0}}]}
  - {name: status, type: varchar, description: State in the assortment, checks: [{accepted_values: {values: [active, discontinued, announced]}}]}
  - {name: updated_at, type: timestamp, description: 'When the ERP changed the product to this version, in UTC', checks: [not_null]}
  - {name: is_latest, type: boolean, description: Whether this is the newest version of the product, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [product_id, updated_at]}
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select product_id, updated_at from bronze.erp_products
        except
        select product_id, updated_at from silver.products
*/
with

versions as (
  -- Of a version received twice, the one received last counts (a repeated delivery of one position is the same in
  -- every column). Positions are numbers as text.
  select
    product_id, sku, name, category, subcategory, brand, department, manufacturer_id, package_size,
    unit_price, unit_cost, status, updated_at, _ingested_at,
    row_number() over (
      partition by product_id, updated_at
      order by _ingested_at desc, _origin desc, length(_position) desc, _position desc
    ) as receipt
  from bronze.erp_products
)

select
  product_id,
  nullif(trim(sku), '') as sku,
  nullif(trim(name), '') as product_name,
  nullif(trim(category), '') as category,
  nullif(trim(subcategory), '') as subcategory,
  nullif(trim(brand), '') as brand,
  nullif(trim(department), '') as department,
  nullif(trim(manufacturer_id), '') as manufacturer_id,
  nullif(trim(package_size), '') as package_size,
  unit_price,
  unit_cost,
  status,
  updated_at,
  row_number() over (partition by product_id order by updated_at desc) = 1 as is_latest,
  _ingested_at as ingested_at
from versions
where receipt = 1
