/*
description: >-
  Lines of sales, each in its latest version. Amounts are in base currency; lines in another currency are set aside. A
  line that was cancelled or returned counts nothing in the net columns, unless it is itself the reversal, with
  negative amounts.
owner: store-systems
grain: one row per line of a sale (order_line_id)
kind: table
partition_by: [{column: transaction_at, transform: month}]
sort_by: [transaction_at]
sla: {hours: 2}
columns:
  - {name: order_line_id, type: varchar, description: 'Line of a sale: source system, transaction and line number', checks: [not_null, unique]}
  - {name: source_system, type: varchar, description: System that recorded the sale, checks: [{accepted_values: {values: [pos]}}]}
  - {name: transaction_id, type: varchar, description: Basket that the line belongs to, checks: [not_null]}
  - {name: line_number, type: integer, description: 'Line within the basket, from 1', checks: [{range: {min: 1}}]}
  - {name: order_id, type: varchar, description: 'Order that the basket settles; at the till, the basket itself', checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Customer, where one was recognised', classification: sensitive}
  - {name: product_id, type: varchar, description: Product sold, checks: [not_null]}
  - {name: store_id, type: varchar, description: Store where it was bought, checks: [not_null]}
  - {name: register_id, type: varchar, description: 'Till, where there is one'}
  - {name: quantity, type: integer, description: Units sold; negative only on reversals, checks: [not_null, {range: {min: -1000, max: 1000}}]}
  - {name: unit_price, type: 'decimal(18,4)', description: 'List price of one unit, before discounts', checks: [not_null, {range: {min: 0, max: 100000}}]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Loyalty and promotion discount on the line, checks: [not_null]}
  - {name: coupon_amount, type: 'decimal(18,2)', description: Value of coupons taken off the line, checks: [not_null]}
  - {name: tax_amount, type: 'decimal(18,2)', description: 'Tax included in the total, where the source knows it'}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount the retailer received for the line, checks: [not_null, {range: {min: -100000, max: 100000}}]}
  - {name: net_quantity, type: integer, description: Units that stay sold after cancellations and returns, checks: [not_null]}
  - {name: net_amount, type: 'decimal(18,2)', description: Revenue that stays after cancellations and returns, checks: [not_null]}
  - {name: is_kept, type: boolean, description: Whether the line is a purchase that was neither cancelled nor returned, checks: [not_null]}
  - {name: currency, type: varchar, description: ISO 4217 code of the amounts; the base currency, checks: [not_null, {accepted_values: {values: [GBP], action: quarantine}}]}
  - {name: channel, type: varchar, description: Where the customer bought, checks: [not_null, {accepted_values: {values: [online, in_store, app]}}]}
  - {name: fulfillment, type: varchar, description: How the goods reach the customer, checks: [{accepted_values: {values: [bopis, ship_to_home, in_store]}}]}
  - {name: order_status, type: varchar, description: State of the order, checks: [not_null, {accepted_values: {values: [pending, confirmed, shipped, delivered, cancelled, returned]}}]}
  - {name: payment_method, type: varchar, description: How it was paid}
  - {name: transaction_at, type: timestamp, description: 'When it was sold, in UTC', checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the line, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
  - {name: batch_id, type: varchar, description: 'Where this version came from: landing object and its ETag, or stream and shard', checks: [not_null]}
  - {name: batch_position, type: varchar, description: Row number in the file or sequence number in the shard, checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select transaction_id, line_number from bronze.pos_transactions where upper(currency) = 'GBP'
        except
        select transaction_id, line_number from silver.order_lines
*/
with

versions as (
  -- The latest version counts; of one received twice, the last (a repeated delivery of one position is the same in
  -- every column). Positions are numbers as text.
  select
    transaction_id, line_number, store_id, register_id, customer_id, product_id, quantity, unit_price,
    discount_amount, coupon_amount, tax_amount, total_amount, currency, channel, fulfillment, order_status,
    payment_method, transaction_at, updated_at, _ingested_at, _origin, _position,
    order_status in ('cancelled', 'returned') as is_taken_back,
    row_number() over (
      partition by transaction_id, line_number
      order by updated_at desc, _ingested_at desc, _origin desc, length(_position) desc, _position desc
    ) as recency
  from bronze.pos_transactions
)

select
  concat('pos-', transaction_id, '-', cast(line_number as varchar)) as order_line_id,
  'pos' as source_system,
  transaction_id,
  line_number,
  transaction_id as order_id,
  customer_id,
  product_id,
  store_id,
  register_id,
  quantity,
  unit_price,
  coalesce(discount_amount, decimal '0.00') as discount_amount,
  coalesce(coupon_amount, decimal '0.00') as coupon_amount,
  tax_amount,
  total_amount,
  case when is_taken_back and quantity > 0 then 0 else quantity end as net_quantity,
  case when is_taken_back and total_amount > 0 then decimal '0.00' else total_amount end as net_amount,
  not is_taken_back as is_kept,
  upper(currency) as currency,
  channel,
  fulfillment,
  order_status,
  payment_method,
  transaction_at,
  updated_at,
  _ingested_at as ingested_at,
  _origin as batch_id,
  _position as batch_position
from versions
where recency = 1
