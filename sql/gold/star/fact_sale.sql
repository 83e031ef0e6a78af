/*
description: >-
  Sales at the grain of the order line. Keys of products and customers are those of the version that was valid when the
  line was sold; a sale before the first version has the key of the first. Amounts are in base currency.
owner: analytics
grain: one row per line of a sale (sale_id)
kind: partitioned
partition_by: [{column: transaction_at, transform: month}]
partitions_from: {silver.order_lines: transaction_at}
sort_by: [transaction_at]
sla: {hours: 2}
columns:
  - {name: sale_id, type: varchar, description: 'Line of a sale: source system, transaction and line', checks: [not_null, unique]}
  - {name: product_key, type: bigint, description: Version of the product, checks: [not_null, {relationships: {to: gold.dim_product, column: product_key}}]}
  - {name: customer_key, type: bigint, description: 'Version of the customer, where one was recognised', checks: [{relationships: {to: gold.customer_versions, column: customer_key}}]}
  - {name: date_key, type: integer, description: 'Day of the sale in UTC, as yyyymmdd', checks: [not_null, {relationships: {to: gold.dim_date, column: date_key}}]}
  - {name: store_key, type: bigint, description: 'Store, where there is one', checks: [{relationships: {to: gold.dim_store, column: store_key}}]}
  - {name: country_key, type: bigint, description: 'Country of sale, where it is known', checks: [{relationships: {to: gold.dim_country, column: country_key}}]}
  - {name: source_system, type: varchar, description: System that recorded the sale, checks: [not_null, {accepted_values: {values: [pos, shop, legacy]}}]}
  - {name: transaction_id, type: varchar, description: 'Basket, order or invoice that the line belongs to', checks: [not_null]}
  - {name: order_id, type: varchar, description: Order that it settles, checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Customer, where one was recognised; shop:… for an account of the shop', classification: sensitive}
  - {name: product_id, type: varchar, description: 'Product of the ERP; shop:… or sku:… where it has no such product', checks: [not_null]}
  - {name: store_id, type: varchar, description: 'Store where it was bought or is collected, where there is one'}
  - {name: transaction_at, type: timestamp, description: 'When it was sold, in UTC', checks: [not_null]}
  - {name: quantity, type: integer, description: Units sold; negative only on reversals, checks: [not_null]}
  - {name: unit_price, type: 'decimal(18,4)', description: 'List price of one unit, before discounts', checks: [not_null]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Loyalty and promotion discount on the line, checks: [not_null]}
  - {name: coupon_amount, type: 'decimal(18,2)', description: Value of coupons taken off the line, checks: [not_null]}
  - {name: tax_amount, type: 'decimal(18,2)', description: 'Tax included in the total; null where neither the source nor the country tells'}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount the retailer received for the line, checks: [not_null]}
  - {name: net_quantity, type: integer, description: Units that stay sold after cancellations and returns, checks: [not_null]}
  - {name: net_amount, type: 'decimal(18,2)', description: Revenue that stays after cancellations and returns, checks: [not_null]}
  - {name: is_kept, type: boolean, description: 'Whether the line is a purchase of record that was neither cancelled, returned nor declined', checks: [not_null]}
  - {name: line_cost, type: 'decimal(18,2)', description: Cost of the net units; null where the cost of the product is unknown}
  - {name: line_profit, type: 'decimal(18,2)', description: 'net_amount less line_cost; null where the cost is unknown'}
  - {name: margin_percentage, type: double, description: line_profit as a percentage of net_amount; null where the cost is unknown or the amount is 0}
  - {name: currency, type: varchar, description: ISO 4217 code that the customer paid in, checks: [not_null]}
  - {name: order_status, type: varchar, description: State of the order, checks: [not_null, {accepted_values: {values: [pending, confirmed, shipped, delivered, cancelled, returned]}}]}
  - {name: channel, type: varchar, description: Where the customer bought, checks: [not_null, {accepted_values: {values: [online, in_store, app]}}]}
  - {name: fulfillment, type: varchar, description: How the goods reach the customer}
  - {name: created_at, type: timestamp, description: 'When Tributary received the line, in UTC', checks: [not_null]}
  - {name: batch_id, type: varchar, description: 'Where the line came from: landing object and its ETag, or stream and shard', checks: [not_null]}
  - {name: batch_position, type: varchar, description: Row number in the file or sequence number in the shard, checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sum_equals: {column: total_amount, to: silver.order_lines, to_column: total_amount}
  - sum_equals: {column: net_amount, to: silver.order_lines, to_column: net_amount}
*/
with

order_lines as (
  select
    order_line_id, source_system, transaction_id, order_id, customer_id, product_id, store_id, country, transaction_at,
    quantity, unit_price, discount_amount, coupon_amount, tax_amount, total_amount, net_quantity, net_amount, is_kept,
    currency, order_status, channel, fulfillment, ingested_at, batch_id, batch_position
  from silver.order_lines
),

product_versions as (
  select
    product_id, product_key, unit_cost, valid_to,
    case when version = 1 then timestamp '0001-01-01 00:00:00' else valid_from end as valid_from
  from gold.dim_product
),

customer_versions as (
  select
    customer_id, customer_key, valid_to,
    case when version = 1 then timestamp '0001-01-01 00:00:00' else valid_from end as valid_from
  from gold.customer_versions
),

stores as (
  select store_id, store_key
  from gold.dim_store
),

countries as (
  select country_code, country_key
  from gold.dim_country
),

costed as (
  select
    order_line_id, product_key, customer_key, store_key, country_key, source_system, transaction_id, order_id,
    order_lines.customer_id, order_lines.product_id, order_lines.store_id, transaction_at, quantity, unit_price,
    discount_amount, coupon_amount, tax_amount, total_amount, net_quantity, net_amount, is_kept, currency,
    order_status, channel, fulfillment, ingested_at, batch_id, batch_position,
    cast(net_quantity * unit_cost as decimal(18,2)) as line_cost
  from order_lines
  left join product_versions
    on product_versions.product_id = order_lines.product_id
    and order_lines.transaction_at >= product_versions.valid_from
    and order_lines.transaction_at < product_versions.valid_to
  left join customer_versions
    on customer_versions.customer_id = order_lines.customer_id
    and order_lines.transaction_at >= customer_versions.valid_from
    and order_lines.transaction_at < customer_versions.valid_to
  left join stores on stores.store_id = order_lines.store_id
  left join countries on countries.country_code = order_lines.country
)

select
  order_line_id as sale_id,
  product_key,
  customer_key,
  cast(year(transaction_at) * 10000 + month(transaction_at) * 100 + day_of_month(transaction_at) as integer) as date_key,
  store_key,
  country_key,
  source_system,
  transaction_id,
  order_id,
  customer_id,
  product_id,
  store_id,
  transaction_at,
  quantity,
  unit_price,
  discount_amount,
  coupon_amount,
  tax_amount,
  total_amount,
  net_quantity,
  net_amount,
  is_kept,
  line_cost,
  cast(net_amount - line_cost as decimal(18,2)) as line_profit,
  100 * cast(net_amount - line_cost as double) / cast(nullif(net_amount, 0) as double) as margin_percentage,
  currency,
  order_status,
  channel,
  fulfillment,
  ingested_at as created_at,
  batch_id,
  batch_position
from costed
