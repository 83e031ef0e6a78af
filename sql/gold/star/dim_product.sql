/*
description: >-
  Products, SCD type 2: a new version where an attribute changed (by hash). Versions are half-open, from valid_from to
  before valid_to; the current one ends 9999-12-31. A product that was sold but is not in the ERP has one inferred
  version, with what the shop's catalogue tells of it.
owner: merchandising
grain: one row per product and version (product_key)
kind: table
ties_because: a product has versions of silver.products, one at a time, or one inferred version
sort_by: [product_id, valid_from]
sla: {hours: 2}
columns:
  - {name: product_key, type: bigint, description: Surrogate key of product and valid_from, checks: [not_null, unique]}
  - {name: product_id, type: varchar, description: Product, checks: [not_null]}
  - {name: sku, type: varchar, description: 'Stock keeping unit, where it differs from the product'}
  - {name: stock_code, type: varchar, description: 'Code on invoices: the stock keeping unit, else the product', checks: [not_null]}
  - {name: product_name, type: varchar, description: Name shown to customers}
  - {name: description, type: varchar, description: 'Text for lists: the name, else the code', checks: [not_null]}
  - {name: category, type: varchar, description: Category}
  - {name: subcategory, type: varchar, description: Type within the category}
  - {name: brand, type: varchar, description: 'Brand, or whether it is the retailer’s own'}
  - {name: product_family, type: varchar, description: 'Family that replenishment plans by, else the department of the store'}
  - {name: manufacturer_id, type: varchar, description: Manufacturer}
  - {name: package_size, type: varchar, description: 'Size of the package, as printed'}
  - {name: unit_price, type: 'decimal(18,4)', description: 'List price of one unit, in base currency; null where unknown', checks: [{range: {min: 0}}]}
  - {name: recommended_price, type: 'decimal(18,4)', description: 'Price that the ERP recommends; the list price, while no shop sets another', checks: [{range: {min: 0}}]}
  - {name: unit_cost, type: 'decimal(18,4)', description: 'Cost of one unit, in base currency; null where unknown', checks: [{range: {min: 0}}]}
  - {name: margin_percentage, type: double, description: '(price - cost) / price × 100; null where either is unknown or the price is 0'}
  - {name: status, type: varchar, description: State in the assortment, checks: [{accepted_values: {values: [active, discontinued, announced]}}]}
  - {name: is_inferred, type: boolean, description: Whether the product is known from sales only, checks: [not_null]}
  - {name: valid_from, type: timestamp, description: 'First moment of the version, in UTC', checks: [not_null]}
  - {name: valid_to, type: timestamp, description: 'First moment after the version, in UTC; 9999-12-31 for the current one', checks: [not_null]}
  - {name: is_current, type: boolean, description: Whether this is the newest version, checks: [not_null]}
  - {name: version, type: integer, description: 'Version of the product, from 1', checks: [not_null, {range: {min: 1}}]}
checks:
  - unique: {columns: [product_id, version]}
  - row_count: {min: 1, action: warn}
*/
with

products as (
  select
    product_id, sku, product_name, category, subcategory, brand, product_family, manufacturer_id, package_size,
    unit_price, unit_cost, status, updated_at,
    to_hex(md5(to_utf8(array_join(array[
      sku, product_name, category, subcategory, brand, product_family, manufacturer_id, package_size,
      cast(unit_price as varchar), cast(unit_cost as varchar), status
    ], chr(31), '')))) as attributes_hash
  from silver.products
),

sold as (
  select distinct product_id
  from silver.order_lines
),

compared as (
  select
    product_id, sku, product_name, category, subcategory, brand, product_family, manufacturer_id, package_size,
    unit_price, unit_cost, status, updated_at, attributes_hash,
    lag(attributes_hash) over (partition by product_id order by updated_at) as previous_hash
  from products
),

changes as (
  select
    product_id, sku, product_name, category, subcategory, brand, product_family, manufacturer_id, package_size,
    unit_price, unit_cost, status,
    updated_at as valid_from,
    false as is_inferred
  from compared
  where attributes_hash is distinct from previous_hash
  union all
  select
    sold.product_id, shop_only.sku, shop_only.title, shop_only.category, null, shop_only.brand, null, null, null,
    shop_only.price, null, null,
    timestamp '1970-01-01 00:00:00',
    true
  from sold
  left join products on products.product_id = sold.product_id
  left join silver.shop_products as shop_only
    on shop_only.product_id = sold.product_id
    and shop_only.product_id = concat('shop:', shop_only.shop_product_id)
    and shop_only.is_latest
  where products.product_id is null
),

versions as (
  select
    product_id, sku, product_name, category, subcategory, brand, product_family, manufacturer_id, package_size,
    unit_price, unit_cost, status, valid_from, is_inferred,
    lead(valid_from) over (partition by product_id order by valid_from) as next_valid_from,
    row_number() over (partition by product_id order by valid_from) as version
  from changes
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(concat(
    product_id, '|', cast(cast(round(to_unixtime(valid_from) * 1e6) as bigint) as varchar)
  )))), 1, 15), 16) as bigint) as product_key,
  product_id,
  sku,
  coalesce(sku, product_id) as stock_code,
  product_name,
  coalesce(product_name, sku, product_id) as description,
  category,
  subcategory,
  brand,
  product_family,
  manufacturer_id,
  package_size,
  unit_price,
  unit_price as recommended_price,
  unit_cost,
  100 * cast(unit_price - unit_cost as double) / cast(nullif(unit_price, 0) as double) as margin_percentage,
  status,
  is_inferred,
  valid_from,
  coalesce(next_valid_from, timestamp '9999-12-31 00:00:00') as valid_to,
  next_valid_from is null as is_current,
  cast(version as integer) as version
from versions
