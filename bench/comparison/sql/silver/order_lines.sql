/*
description: Lines of sales, each in its latest version, in base currency
owner: store-systems
grain: one row per line of a sale
kind: partitioned
partition_by: [{column: transaction_at, transform: day}]
partitions_from: {bronze.pos_transactions: {column: transaction_at, key: [transaction_id, line_number]}}
sort_by: [transaction_at]
columns:
  - {name: order_line_id, type: varchar, description: Transaction and line, checks: [not_null, unique]}
  - {name: transaction_id, type: varchar, description: Basket, checks: [not_null]}
  - {name: line_number, type: integer, description: Line, checks: [not_null]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null]}
  - {name: customer_id, type: varchar, description: Customer where one was recognised}
  - {name: product_id, type: varchar, description: Product, checks: [not_null]}
  - {name: quantity, type: integer, description: Units, checks: [not_null, {range: {min: -1000, max: 1000}}]}
  - {name: unit_price, type: 'decimal(18,4)', description: Price in base currency, checks: [not_null, {range: {min: 0}}]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Discount in base currency, checks: [not_null]}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount in base currency, checks: [not_null]}
  - {name: currency, type: varchar, description: Currency that was paid in, checks: [not_null]}
  - {name: total_amount_original, type: 'decimal(18,2)', description: Amount in that currency, checks: [not_null]}
  - {name: fx_rate, type: 'decimal(18,6)', description: Base currency per unit of it, checks: [not_null]}
  - {name: channel, type: varchar, description: Channel, checks: [{accepted_values: {values: [online, in_store, app]}}]}
  - {name: order_status, type: varchar, description: State, checks: [{accepted_values: {values: [pending, confirmed, shipped, delivered, cancelled, returned]}}]}
  - {name: payment_method, type: varchar, description: How it was paid}
  - {name: transaction_at, type: timestamp, description: Time of the sale, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: Time of this version, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: When it was received, checks: [not_null]}
checks:
  - row_count: {min: 1}
*/
with

versions as (
  select
    transaction_id, line_number, store_id, customer_id, product_id, quantity, unit_price, discount_amount, total_amount,
    upper(trim(currency)) as currency, lower(trim(channel)) as channel, order_status, payment_method, transaction_at,
    updated_at, _ingested_at,
    row_number() over (
      partition by transaction_id, line_number
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.pos_transactions
),

rated as (
  select
    transaction_id, line_number, store_id, customer_id, product_id, quantity, unit_price,
    coalesce(discount_amount, decimal '0.00') as discount_amount, total_amount, versions.currency, channel, order_status,
    payment_method, transaction_at, updated_at, _ingested_at,
    case versions.currency when 'GBP' then decimal '1.000000' else fx.rate_to_base end as fx_rate
  from versions
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency and fx.rate_date = cast(versions.transaction_at as date)
  where recency = 1
)

select
  concat(transaction_id, '-', cast(line_number as varchar)) as order_line_id,
  transaction_id,
  line_number,
  store_id,
  customer_id,
  product_id,
  quantity,
  case currency when 'GBP' then unit_price else cast(unit_price * fx_rate as decimal(18,4)) end as unit_price,
  case currency when 'GBP' then discount_amount else cast(discount_amount * fx_rate as decimal(18,2)) end as discount_amount,
  case currency when 'GBP' then total_amount else cast(total_amount * fx_rate as decimal(18,2)) end as total_amount,
  currency,
  total_amount as total_amount_original,
  fx_rate,
  channel,
  order_status,
  payment_method,
  transaction_at,
  updated_at,
  _ingested_at as ingested_at
from rated
