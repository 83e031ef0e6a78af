/*
description: >-
  Lines of sales of all channels, each in its latest version: of the shop and the app from the shop, of the stores from
  the tills, of the legacy wholesale from its invoices (which count as online, shipped to the buyer). Amounts are in base
  currency by the rate of the day of the sale. What was cancelled, returned or declined, and what the tills booked once
  more, counts nothing in the net columns; a reversal of its own counts negative. Set aside are lines in a currency
  without a rate and lines whose order is not there.
owner: store-systems
grain: one row per line of a sale (order_line_id)
# Built whole: when a line of the shop was sold says its order, so its own source cannot tell its month.
kind: table
partition_by: [{column: transaction_at, transform: month}]
sort_by: [transaction_at]
sla: {hours: 2}
columns:
  - {name: order_line_id, type: varchar, description: 'Line of a sale: source system, transaction and line', checks: [not_null, unique]}
  - {name: source_system, type: varchar, description: System that recorded the sale, checks: [not_null, {accepted_values: {values: [pos, shop, legacy]}}]}
  - {name: transaction_id, type: varchar, description: 'Basket, order or invoice that the line belongs to', checks: [not_null]}
  - {name: line_number, type: integer, description: 'Line within it, from 1; invoices do not number theirs', checks: [{range: {min: 1}}]}
  - {name: order_id, type: varchar, description: 'Order that it settles; at the till and on invoices, the basket or invoice itself', checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Customer, where one was recognised; shop:… for an account of the shop', classification: sensitive, checks: [{relationships: {to: silver.customers, column: customer_id, action: warn}}, {distribution_anomaly: {statistic: null_share, action: warn}}]}
  - {name: product_id, type: varchar, description: 'Product of the ERP; shop:… or sku:… where it has no such product', checks: [not_null, {relationships: {to: silver.products, column: product_id, action: warn}}]}
  - {name: source_product_id, type: varchar, description: 'Product sold, as the source names it', checks: [not_null]}
  - {name: store_id, type: varchar, description: 'Store where it was bought or is collected, where there is one', checks: [{relationships: {to: silver.stores, column: store_id, action: warn}}]}
  - {name: register_id, type: varchar, description: 'Till, where there is one'}
  - {name: country, type: varchar, description: 'ISO 3166 alpha-2 code of the country of sale: of delivery, else of the store', checks: [{regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: quantity, type: integer, description: Units sold; negative only on reversals, checks: [not_null, {range: {min: -1000, max: 1000}}]}
  - {name: unit_price, type: 'decimal(18,4)', description: 'List price of one unit, before discounts', checks: [not_null, {range: {min: 0}}]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Loyalty and promotion discount on the line, checks: [not_null]}
  - {name: coupon_amount, type: 'decimal(18,2)', description: Value of coupons taken off the line, checks: [not_null]}
  - {name: tax_amount, type: 'decimal(18,2)', description: 'Tax included in the total; null where neither the source nor the country tells'}
  - {name: is_tax_computed, type: boolean, description: Whether the tax comes from the country's standard rate, checks: [not_null]}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount the retailer received for the line, checks: [not_null, {range: {min: -100000, max: 100000, action: warn}}, {distribution_anomaly: {statistic: mean, action: warn}}]}
  - {name: net_quantity, type: integer, description: Units that stay sold after cancellations and returns, checks: [not_null]}
  - {name: net_amount, type: 'decimal(18,2)', description: Revenue that stays after cancellations and returns, checks: [not_null]}
  - {name: is_kept, type: boolean, description: 'Whether the line is a purchase of record that was neither cancelled, returned nor declined', checks: [not_null]}
  - {name: is_duplicate, type: boolean, description: Whether the tills booked what the shop had recorded, checks: [not_null]}
  - {name: currency, type: varchar, description: ISO 4217 code that the customer paid in, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: total_amount_original, type: 'decimal(18,2)', description: 'total_amount as the customer paid it, in currency', checks: [not_null]}
  - {name: fx_rate, type: 'decimal(18,12)', description: Base currency per unit of currency on the day of the sale, checks: [{not_null: {action: quarantine}}]}
  - {name: channel, type: varchar, description: Where the customer bought, checks: [not_null, {accepted_values: {values: [online, in_store, app]}}, {frequency_anomaly: {values: [online, in_store, app], action: warn}}]}
  - {name: fulfillment, type: varchar, description: How the goods reach the customer, checks: [{accepted_values: {values: [bopis, ship_to_home, in_store]}}]}
  - {name: order_status, type: varchar, description: State of the order, checks: [not_null, {accepted_values: {values: [pending, confirmed, shipped, delivered, cancelled, returned]}}]}
  - {name: payment_method, type: varchar, description: How it was paid}
  - {name: payment_status, type: varchar, description: State of the payment, checks: [{accepted_values: {values: [pending, authorized, paid, declined, refunded, partially_refunded]}}]}
  - {name: card_fingerprint, type: varchar, description: The payment provider’s token of the card, classification: sensitive}
  - {name: transaction_at, type: timestamp, description: 'When it was sold, in UTC', checks: [{not_null: {action: quarantine}}]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the line, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
  - {name: batch_id, type: varchar, description: 'Where this version came from: landing object and its ETag, or stream and shard', checks: [not_null]}
  - {name: batch_position, type: varchar, description: Row number in the file or sequence number in the shard, checks: [not_null]}
checks:
  - row_count: {min: 1, max: 100000000, action: warn}
  - volume_anomaly: {action: warn}
  - freshness: {column: transaction_at, hours: 48, action: warn}
  - satisfies: {name: sells_or_takes_back, condition: "quantity > 0 or order_status in ('cancelled', 'returned')"}
  - satisfies: {name: booked_once, condition: not is_duplicate, dimension: uniqueness, action: warn}
  - satisfies: {name: tax_is_within_total, condition: abs(tax_amount) <= abs(total_amount), dimension: accuracy, action: warn}
  - sql:
      name: currency_is_the_stores
      dimension: consistency
      action: warn
      query: >-
        select order_line_id, lines.currency, stores.currency as store_currency
        from silver.order_lines as lines
        join silver.stores on stores.store_id = lines.store_id
        where lines.source_system = 'pos' and lines.currency <> stores.currency
  - sql:
      name: lines_make_the_order
      dimension: consistency
      action: warn
      query: >-
        select orders.order_id, orders.total_amount, sum(lines.total_amount) as lines_amount
        from silver.orders
        left join silver.order_lines as lines on lines.order_id = orders.order_id and lines.source_system = 'shop'
        group by orders.order_id, orders.total_amount, orders.shipping_amount
        having coalesce(abs(sum(lines.total_amount) + orders.shipping_amount - orders.total_amount) > 0.01 * (count(*) + 2), true)
  - sql:
      name: nothing_lost_pos
      dimension: completeness
      query: >-
        select transaction_id, line_number from bronze.pos_transactions
        except
        select transaction_id, line_number from silver.order_lines where source_system = 'pos'
        except
        select transaction_id, line_number from bronze.pos_transactions as lines
        left join silver.exchange_rates as fx
          on fx.currency = upper(trim(lines.currency)) and fx.rate_date = cast(lines.transaction_at as date)
        where upper(trim(lines.currency)) <> 'GBP' and fx.rate_to_base is null
  - sql:
      name: nothing_lost_shop
      dimension: completeness
      query: >-
        select lines.order_id, line_number from bronze.ecommerce_order_items as lines
        join silver.orders on orders.order_id = lines.order_id
        except
        select order_id, line_number from silver.order_lines where source_system = 'shop'
        except
        select lines.order_id, line_number from bronze.ecommerce_order_items as lines
        join silver.orders on orders.order_id = lines.order_id
        left join silver.exchange_rates as fx
          on fx.currency = upper(trim(lines.currency)) and fx.rate_date = cast(orders.ordered_at as date)
        where upper(trim(lines.currency)) <> 'GBP' and fx.rate_to_base is null
  - sql:
      name: nothing_lost_legacy
      dimension: completeness
      query: >-
        select concat('legacy-', invoice_line_id) as order_line_id from silver.retail_invoice_lines
        except
        select order_line_id from silver.order_lines
*/
with

till_versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    transaction_id, line_number, store_id, register_id, customer_id, product_id, quantity, unit_price,
    discount_amount, coupon_amount, tax_amount, total_amount, channel, fulfillment, order_status,
    payment_method, payment_status, card_fingerprint, transaction_at, updated_at, _ingested_at, _origin, _position,
    upper(trim(currency)) as currency,
    row_number() over (
      partition by transaction_id, line_number
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.pos_transactions
),

item_versions as (
  select
    order_id, line_number, product_id, quantity, unit_price, discount_amount, tax_amount, total_amount,
    updated_at, _ingested_at, _origin, _position,
    upper(trim(currency)) as currency,
    upper(nullif(trim(sku), '')) as sku,
    row_number() over (
      partition by order_id, line_number
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.ecommerce_order_items
),

shop_catalogue as (
  select shop_product_id, product_id
  from silver.shop_products
  where is_latest
),

lines as (
  select
    concat('pos-', transaction_id, '-', cast(line_number as varchar)) as order_line_id,
    'pos' as source_system, transaction_id, line_number, transaction_id as order_id,
    till_versions.customer_id, product_id, product_id as source_product_id,
    till_versions.store_id, register_id, stores.country, quantity, unit_price,
    till_versions.discount_amount, coupon_amount, till_versions.tax_amount, till_versions.total_amount,
    till_versions.currency, till_versions.channel, till_versions.fulfillment,
    till_versions.order_status, till_versions.payment_method, till_versions.payment_status,
    till_versions.card_fingerprint, transaction_at, till_versions.updated_at, till_versions._ingested_at as ingested_at,
    _origin as batch_id, _position as batch_position,
    orders.order_id is not null and till_versions.channel <> 'in_store' as is_duplicate
  from till_versions
  left join silver.stores on stores.store_id = till_versions.store_id
  left join silver.orders on orders.order_id = till_versions.transaction_id
  where recency = 1
  union all
  select
    concat('shop-', item_versions.order_id, '-', cast(line_number as varchar)),
    'shop', item_versions.order_id, line_number, item_versions.order_id,
    orders.customer_id,
    coalesce(product_codes.product_id, shop_catalogue.product_id, concat('shop:', item_versions.product_id)),
    item_versions.product_id,
    orders.store_id, cast(null as varchar), orders.country, quantity, unit_price,
    item_versions.discount_amount, cast(null as decimal(18,2)), item_versions.tax_amount, item_versions.total_amount,
    item_versions.currency, coalesce(orders.channel, 'online'), orders.fulfillment,
    coalesce(orders.order_status, 'pending'), orders.payment_method, orders.payment_status,
    orders.card_fingerprint, orders.ordered_at,
    greatest(item_versions.updated_at, coalesce(orders.updated_at, item_versions.updated_at)),
    item_versions._ingested_at, _origin, _position,
    false
  from item_versions
  left join silver.orders on orders.order_id = item_versions.order_id
  left join silver.product_codes on product_codes.sku = item_versions.sku
  left join shop_catalogue on shop_catalogue.shop_product_id = item_versions.product_id
  where recency = 1
  union all
  select
    concat('legacy-', invoice_line_id),
    'legacy', invoice_no, cast(null as integer), invoice_no,
    customer_id, product_id, stock_code,
    cast(null as varchar), cast(null as varchar), country, quantity, unit_price,
    cast(null as decimal(18,2)), cast(null as decimal(18,2)), cast(null as decimal(18,2)), total_amount,
    'GBP', 'online', 'ship_to_home',
    case when is_cancellation then 'cancelled' else 'delivered' end, 'invoice', cast(null as varchar),
    cast(null as varchar), invoice_timestamp, invoice_timestamp, ingested_at, batch_id, batch_position,
    false
  from silver.retail_invoice_lines
),

rated as (
  select
    order_line_id, source_system, transaction_id, line_number, order_id, customer_id, product_id, source_product_id,
    store_id, register_id, country, quantity, unit_price, tax_amount, total_amount, lines.currency,
    coalesce(discount_amount, decimal '0.00') as discount_amount,
    coalesce(coupon_amount, decimal '0.00') as coupon_amount,
    channel, fulfillment, order_status, payment_method, payment_status, card_fingerprint,
    transaction_at, lines.updated_at, ingested_at, batch_id, batch_position, is_duplicate,
    case when tax_amount is null then tax_rate end as missing_tax_rate,
    case lines.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate
  from lines
  left join silver.countries on countries.country_code = lines.country
  left join silver.exchange_rates as fx
    on fx.currency = lines.currency
    and fx.rate_date = cast(lines.transaction_at as date)
),

converted as (
  -- Base currency is left as it is, since exact multiplication is what costs most here.
  select
    order_line_id, source_system, transaction_id, line_number, order_id, customer_id, product_id, source_product_id,
    store_id, register_id, country, quantity, currency, total_amount as total_amount_original, channel, fulfillment,
    order_status, payment_method, payment_status, card_fingerprint, transaction_at, updated_at, ingested_at, batch_id,
    batch_position, is_duplicate, missing_tax_rate, fx_rate,
    case currency when 'GBP' then unit_price else cast(unit_price * fx_rate as decimal(18,4)) end as unit_price,
    case currency when 'GBP' then discount_amount else cast(discount_amount * fx_rate as decimal(18,2)) end as discount_amount,
    case currency when 'GBP' then coupon_amount else cast(coupon_amount * fx_rate as decimal(18,2)) end as coupon_amount,
    case currency when 'GBP' then tax_amount else cast(tax_amount * fx_rate as decimal(18,2)) end as tax_amount,
    case currency when 'GBP' then total_amount else cast(total_amount * fx_rate as decimal(18,2)) end as total_amount,
    order_status in ('cancelled', 'returned') as is_taken_back,
    is_duplicate or coalesce(payment_status = 'declined', false) as is_no_sale
  from rated
)

select
  order_line_id,
  source_system,
  transaction_id,
  line_number,
  order_id,
  customer_id,
  product_id,
  source_product_id,
  store_id,
  register_id,
  country,
  quantity,
  unit_price,
  discount_amount,
  coupon_amount,
  coalesce(tax_amount, cast(total_amount * missing_tax_rate / (1 + missing_tax_rate) as decimal(18,2))) as tax_amount,
  missing_tax_rate is not null as is_tax_computed,
  total_amount,
  case when is_no_sale or (is_taken_back and quantity > 0) then 0 else quantity end as net_quantity,
  case when is_no_sale or (is_taken_back and total_amount > 0) then decimal '0.00' else total_amount end as net_amount,
  not is_no_sale and not is_taken_back as is_kept,
  is_duplicate,
  currency,
  total_amount_original,
  fx_rate,
  channel,
  fulfillment,
  order_status,
  payment_method,
  payment_status,
  card_fingerprint,
  transaction_at,
  updated_at,
  ingested_at,
  batch_id,
  batch_position
from converted
