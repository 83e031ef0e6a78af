/*
description: >-
  Catalogue of the online shop with its history. Brand and category have the ERP's spelling where they are the same but
  for case, spaces and punctuation; prices are in base currency, by the rate of the day of the version.
owner: e-commerce
grain: one row per product of the shop and version (shop_product_id, updated_at)
kind: table
sort_by: [shop_product_id, updated_at]
sla: {hours: 2}
columns:
  - {name: shop_product_id, type: varchar, description: Product in the shop, checks: [not_null]}
  - {name: product_id, type: varchar, description: 'Product in the ERP, by stock keeping unit; else the shop’s own as shop:…', checks: [not_null, {relationships: {to: silver.products, column: product_id, action: warn}}]}
  - {name: sku, type: varchar, description: 'Stock keeping unit, in upper case', checks: [not_null]}
  - {name: title, type: varchar, description: Title shown to customers, checks: [not_null]}
  - {name: description, type: varchar, description: Description shown to customers}
  - {name: category, type: varchar, description: 'Category, as the ERP spells it'}
  - {name: tags, type: varchar, description: 'Tags, separated by commas'}
  - {name: brand, type: varchar, description: 'Brand, as the ERP spells it'}
  - {name: shop_brand, type: varchar, description: 'Brand, as the shop spells it'}
  - {name: price, type: 'decimal(18,4)', description: 'Price of one unit, in base currency', checks: [{range: {min: 0}}]}
  - {name: compare_at_price, type: 'decimal(18,4)', description: 'Price before a reduction, in base currency', checks: [{range: {min: 0}}]}
  - {name: currency, type: varchar, description: ISO 4217 code that the shop quotes prices in, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: fx_rate, type: 'decimal(18,12)', description: 'Base currency per unit of currency on the day of the version; null where unknown, and then the prices too', checks: [{not_null: {action: warn}}]}
  - {name: status, type: varchar, description: Whether customers see it, checks: [{accepted_values: {values: [active, draft, archived]}}]}
  - {name: inventory_quantity, type: integer, description: Units that the shop believes are for sale}
  - {name: published_at, type: timestamp, description: 'When customers could first see it, in UTC'}
  - {name: updated_at, type: timestamp, description: 'When the shop changed the product to this version, in UTC', checks: [not_null]}
  - {name: is_latest, type: boolean, description: Whether this is the newest version of the product, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [shop_product_id, updated_at]}
  - row_count: {min: 1, action: warn}
  - satisfies: {name: reduced_from_more, condition: compare_at_price >= price, dimension: accuracy, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select product_id, updated_at from bronze.ecommerce_products
        except
        select shop_product_id, updated_at from silver.shop_products
*/
with

versions as (
  -- Of a version received twice, the one received first counts, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    product_id, title, description, tags, price, compare_at_price, status, inventory_quantity, published_at,
    updated_at, _ingested_at,
    upper(trim(sku)) as sku,
    nullif(regexp_replace(trim(brand), '\s+', ' '), '') as brand,
    nullif(regexp_replace(trim(category), '\s+', ' '), '') as category,
    upper(trim(currency)) as currency,
    row_number() over (
      partition by product_id, updated_at
      order by _ingested_at, _origin, length(_position), _position
    ) as receipt
  from bronze.ecommerce_products
),

-- The ERP's spellings by what is left without case, spaces and punctuation; the most usual of several.
brands as (
  select brand, regexp_replace(lower(brand), '[^\p{L}\p{N}]', '') as spelling, count(*) as uses
  from silver.products
  where brand is not null
  group by brand
),

brand_spellings as (
  select brand, spelling, row_number() over (partition by spelling order by uses desc, brand) as choice
  from brands
),

categories as (
  select category, regexp_replace(lower(category), '[^\p{L}\p{N}]', '') as spelling, count(*) as uses
  from silver.products
  where category is not null
  group by category
),

category_spellings as (
  select category, spelling, row_number() over (partition by spelling order by uses desc, category) as choice
  from categories
),

converted as (
  select
    versions.product_id as shop_product_id, versions.sku, title, description, tags, price, compare_at_price, status,
    inventory_quantity, published_at, updated_at, _ingested_at, versions.currency,
    coalesce(product_codes.product_id, concat('shop:', versions.product_id)) as product_id,
    coalesce(brand_spellings.brand, versions.brand) as brand,
    versions.brand as shop_brand,
    coalesce(category_spellings.category, versions.category) as category,
    case versions.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate
  from versions
  left join silver.product_codes on product_codes.sku = versions.sku
  left join brand_spellings
    on brand_spellings.spelling = regexp_replace(lower(versions.brand), '[^\p{L}\p{N}]', '')
    and brand_spellings.choice = 1
  left join category_spellings
    on category_spellings.spelling = regexp_replace(lower(versions.category), '[^\p{L}\p{N}]', '')
    and category_spellings.choice = 1
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency
    and fx.rate_date = cast(versions.updated_at as date)
  where receipt = 1
)

select
  shop_product_id,
  product_id,
  sku,
  regexp_replace(trim(title), '\s+', ' ') as title,
  nullif(trim(description), '') as description,
  category,
  nullif(trim(tags), '') as tags,
  brand,
  shop_brand,
  cast(price * fx_rate as decimal(18,4)) as price,
  cast(compare_at_price * fx_rate as decimal(18,4)) as compare_at_price,
  currency,
  fx_rate,
  status,
  inventory_quantity,
  published_at,
  updated_at,
  row_number() over (partition by shop_product_id order by updated_at desc) = 1 as is_latest,
  _ingested_at as ingested_at
from converted
