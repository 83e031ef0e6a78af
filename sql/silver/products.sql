/*
description: Products with the history of their master data; prices and costs are in base currency, by the rate of the day of the version
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
  - {name: product_family, type: varchar, description: 'Family that replenishment plans by, else the department'}
  - {name: manufacturer_id, type: varchar, description: Manufacturer}
  - {name: supplier_id, type: varchar, description: Supplier}
  - {name: package_size, type: varchar, description: 'Size of the package, as printed'}
  - {name: weight_kg, type: 'decimal(18,6)', description: Weight of one unit in kg, checks: [{range: {min: 0}}]}
  - {name: lead_time_days, type: integer, description: Days from order to arrival, checks: [{range: {min: 0, max: 365}}]}
  - {name: launch_date, type: date, description: First day of sale}
  - {name: unit_price, type: 'decimal(18,4)', description: 'Recommended price of one unit, in base currency', checks: [{range: {min: 0}}]}
  - {name: unit_cost, type: 'decimal(18,4)', description: 'Cost of one unit, in base currency', checks: [{range: {min: 0}}]}
  - {name: currency, type: varchar, description: ISO 4217 code that the ERP quotes price and cost in, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: fx_rate, type: 'decimal(18,12)', description: 'Base currency per unit of currency on the day of the version; null where unknown, and then price and cost too', checks: [{not_null: {action: warn}}]}
  - {name: status, type: varchar, description: State in the assortment, checks: [{accepted_values: {values: [active, discontinued, announced]}}]}
  - {name: updated_at, type: timestamp, description: 'When the ERP changed the product to this version, in UTC', checks: [not_null]}
  - {name: is_latest, type: boolean, description: Whether this is the newest version of the product, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [product_id, updated_at]}
  - row_count: {min: 1, action: warn}
  - satisfies: {name: price_covers_cost, condition: unit_price >= unit_cost, dimension: accuracy, action: warn}
  - sql:
      name: one_product_per_sku
      dimension: uniqueness
      action: warn
      query: >-
        select sku, count(*) as products from silver.products where is_latest and sku is not null
        group by sku having count(*) > 1
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
  -- Of a version received twice, the one received first counts, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    product_id, sku, name, category, subcategory, brand, department, product_family, manufacturer_id, supplier_id,
    package_size, weight_kg, lead_time_days, launch_date, unit_price, unit_cost, status, updated_at, _ingested_at,
    coalesce(upper(nullif(trim(currency), '')), 'GBP') as currency,
    row_number() over (
      partition by product_id, updated_at
      order by _ingested_at, _origin, length(_position), _position
    ) as receipt
  from bronze.erp_products
),

converted as (
  select
    product_id, sku, name, category, subcategory, brand, department, product_family, manufacturer_id, supplier_id,
    package_size, weight_kg, lead_time_days, launch_date, unit_price, unit_cost, status, updated_at, _ingested_at,
    versions.currency,
    case versions.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate
  from versions
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency
    and fx.rate_date = cast(versions.updated_at as date)
  where receipt = 1
)

select
  product_id,
  nullif(trim(sku), '') as sku,
  nullif(trim(name), '') as product_name,
  nullif(trim(category), '') as category,
  nullif(trim(subcategory), '') as subcategory,
  nullif(trim(brand), '') as brand,
  nullif(trim(department), '') as department,
  coalesce(nullif(trim(product_family), ''), nullif(trim(department), '')) as product_family,
  nullif(trim(manufacturer_id), '') as manufacturer_id,
  nullif(trim(supplier_id), '') as supplier_id,
  nullif(trim(package_size), '') as package_size,
  weight_kg,
  lead_time_days,
  launch_date,
  cast(unit_price * fx_rate as decimal(18,4)) as unit_price,
  cast(unit_cost * fx_rate as decimal(18,4)) as unit_cost,
  currency,
  fx_rate,
  status,
  updated_at,
  row_number() over (partition by product_id order by updated_at desc) = 1 as is_latest,
  _ingested_at as ingested_at
from converted
