/*
description: >-
  Orders of the online shop and the app, each in its latest version. Amounts are in base currency by the rate of the day
  of the order; tax is computed from the country's standard rate where the shop leaves it out. An order in a currency
  without a rate is set aside.
owner: e-commerce
grain: one row per order (order_id)
kind: table
partition_by: [{column: ordered_at, transform: month}]
sort_by: [ordered_at, order_id]
sla: {hours: 2}
columns:
  - {name: order_id, type: varchar, description: Order, checks: [not_null, unique]}
  - {name: customer_id, type: varchar, description: 'Account in the shop, qualified by its system; null for guests', classification: sensitive, checks: [{relationships: {to: silver.customers, column: customer_id, action: warn}}]}
  - {name: is_guest, type: boolean, description: Whether it was ordered without an account, checks: [not_null]}
  - {name: email_token, type: varchar, description: 'E-mail address of the confirmation: keyed token, equal for equal values', classification: sensitive}
  - {name: email_encrypted, type: varchar, description: 'E-mail address of the confirmation: encrypted with the key of its subject', classification: sensitive}
  - {name: email_domain, type: varchar, description: 'E-mail address of the confirmation: domain'}
  - {name: email_is_valid, type: boolean, description: 'E-mail address of the confirmation: whether it is well formed'}
  - {name: session_id, type: varchar, description: Visit that ended in the order}
  - {name: channel, type: varchar, description: Where the customer ordered, checks: [not_null, {accepted_values: {values: [online, app]}}]}
  - {name: fulfillment, type: varchar, description: How the goods reach the customer, checks: [{accepted_values: {values: [bopis, ship_to_home]}}]}
  - {name: store_id, type: varchar, description: 'Store of collection, where collected', checks: [{relationships: {to: silver.stores, column: store_id, action: warn}}]}
  - {name: order_status, type: varchar, description: State of the order, checks: [not_null, {accepted_values: {values: [pending, confirmed, shipped, delivered, cancelled, returned]}}]}
  - {name: payment_method, type: varchar, description: How it is paid}
  - {name: payment_status, type: varchar, description: State of the payment, checks: [{accepted_values: {values: [pending, authorized, paid, declined, refunded, partially_refunded]}}]}
  - {name: card_fingerprint, type: varchar, description: The payment provider’s token of the card, classification: sensitive}
  - {name: coupon_code, type: varchar, description: Coupon entered}
  - {name: subtotal_amount, type: 'decimal(18,2)', description: Sum of the lines before discounts, checks: [{range: {min: 0}}]}
  - {name: discount_amount, type: 'decimal(18,2)', description: Discounts over all lines, checks: [not_null, {range: {min: 0}}]}
  - {name: shipping_amount, type: 'decimal(18,2)', description: Charged for shipping, checks: [not_null, {range: {min: 0}}]}
  - {name: tax_amount, type: 'decimal(18,2)', description: 'Tax included in the total; null where neither the shop nor the country tells', checks: [{range: {min: 0}}]}
  - {name: is_tax_computed, type: boolean, description: Whether the tax comes from the country's standard rate, checks: [not_null]}
  - {name: total_amount, type: 'decimal(18,2)', description: 'What the customer pays, with shipping and tax', checks: [not_null, {range: {min: 0}}]}
  - {name: currency, type: varchar, description: ISO 4217 code that the customer pays in, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: total_amount_original, type: 'decimal(18,2)', description: 'total_amount as the customer pays it, in currency', checks: [not_null]}
  - {name: fx_rate, type: 'decimal(18,12)', description: Base currency per unit of currency on the day of the order, checks: [{not_null: {action: quarantine}}]}
  - {name: ip_address_token, type: varchar, description: 'Internet address that ordered: keyed token, equal for equal values', classification: sensitive}
  - {name: ip_address_network, type: varchar, description: 'Internet address that ordered: network'}
  - {name: device_type, type: varchar, description: Device; other where unknown, checks: [not_null, {accepted_values: {values: [desktop, mobile, tablet, app, other]}}]}
  - {name: country, type: varchar, description: 'ISO 3166 alpha-2 code of the country of sale: of delivery, else of the store of collection', checks: [{regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: shipping_postcode_token, type: varchar, description: 'Postal code of delivery: keyed token, equal for equal values', classification: sensitive}
  - {name: shipping_postcode_encrypted, type: varchar, description: 'Postal code of delivery: encrypted with the key of its subject', classification: sensitive}
  - {name: shipping_postcode_area, type: varchar, description: 'Postal code of delivery: leading part, which many share'}
  - {name: utm_campaign, type: varchar, description: Campaign that the visit came from}
  - {name: ordered_at, type: timestamp, description: 'When it was ordered, in UTC', checks: [not_null]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the shop last changed the order, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - freshness: {column: ordered_at, hours: 48, action: warn}
  - satisfies: {name: changed_after_ordered, condition: updated_at >= ordered_at, dimension: timeliness, action: warn}
  - satisfies: {name: guests_leave_an_address, condition: not is_guest or email_token is not null, dimension: completeness, action: warn}
  - satisfies:
      name: total_adds_up
      dimension: accuracy
      action: warn
      condition: abs(subtotal_amount - discount_amount + shipping_amount - total_amount) <= 0.02
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select order_id from bronze.ecommerce_orders
        except
        select order_id from silver.orders
        except
        select order_id from bronze.ecommerce_orders as orders
        left join silver.exchange_rates as fx
          on fx.currency = upper(trim(orders.currency)) and fx.rate_date = cast(orders.ordered_at as date)
        where upper(trim(orders.currency)) <> 'GBP' and fx.rate_to_base is null
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    order_id, customer_id, email_token, email_encrypted, email_domain, email_is_valid, session_id, channel, fulfillment,
    store_id, order_status, payment_method, payment_status, card_fingerprint, coupon_code, subtotal_amount,
    discount_amount, shipping_amount, tax_amount, total_amount, ip_address_token, ip_address_network, device_type,
    shipping_country, shipping_postcode_token, shipping_postcode_encrypted, shipping_postcode_area, utm_campaign,
    ordered_at, _subject, updated_at, _ingested_at,
    upper(trim(currency)) as currency,
    row_number() over (
      partition by order_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.ecommerce_orders
),

converted as (
  select
    order_id, customer_id, email_token, email_encrypted, email_domain, email_is_valid, session_id, channel, fulfillment,
    versions.store_id, order_status, payment_method, payment_status, card_fingerprint, coupon_code,
    total_amount as total_amount_original, versions.currency, ip_address_token, ip_address_network, device_type,
    shipping_postcode_token, shipping_postcode_encrypted, shipping_postcode_area, utm_campaign,
    ordered_at, _subject, versions.updated_at, _ingested_at,
    coalesce(country_names.country_code, nullif(upper(trim(shipping_country)), ''), stores.country) as country,
    case versions.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate,
    subtotal_amount, tax_amount, total_amount,
    coalesce(discount_amount, decimal '0.00') as discount_amount,
    coalesce(shipping_amount, decimal '0.00') as shipping_amount
  from versions
  left join silver.country_names on country_names.name = lower(trim(versions.shipping_country))
  left join silver.stores on stores.store_id = versions.store_id
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency
    and fx.rate_date = cast(versions.ordered_at as date)
  where recency = 1
)

select
  order_id,
  concat('shop:', customer_id) as customer_id,
  customer_id is null as is_guest,
  email_token,
  email_encrypted,
  email_domain,
  email_is_valid,
  session_id,
  channel,
  fulfillment,
  store_id,
  order_status,
  nullif(lower(trim(payment_method)), '') as payment_method,
  payment_status,
  card_fingerprint,
  upper(nullif(trim(coupon_code), '')) as coupon_code,
  cast(subtotal_amount * fx_rate as decimal(18,2)) as subtotal_amount,
  cast(discount_amount * fx_rate as decimal(18,2)) as discount_amount,
  cast(shipping_amount * fx_rate as decimal(18,2)) as shipping_amount,
  coalesce(
    cast(tax_amount * fx_rate as decimal(18,2)),
    cast(cast(total_amount * fx_rate as decimal(18,2)) * tax_rate / (1 + tax_rate) as decimal(18,2))
  ) as tax_amount,
  tax_amount is null and tax_rate is not null as is_tax_computed,
  cast(total_amount * fx_rate as decimal(18,2)) as total_amount,
  currency,
  total_amount_original,
  fx_rate,
  ip_address_token,
  ip_address_network,
  coalesce(device_type, 'other') as device_type,
  country,
  shipping_postcode_token,
  shipping_postcode_encrypted,
  shipping_postcode_area,
  nullif(trim(utm_campaign), '') as utm_campaign,
  ordered_at,
  _subject as subject,
  converted.updated_at,
  _ingested_at as ingested_at
from converted
left join silver.countries on countries.country_code = converted.country
