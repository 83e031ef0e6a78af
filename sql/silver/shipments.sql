/*
description: >-
  Shipments of orders, each in its latest version, with how they kept the promised date. Personal values are tokens or
  encrypted; the cost is in base currency by the rate of the day it was ordered.
owner: supply-chain
grain: one row per shipment (shipment_id)
kind: table
sort_by: [order_id, shipment_id]
sla: {hours: 2}
columns:
  - {name: shipment_id, type: varchar, description: Shipment, checks: [not_null, unique]}
  - {name: order_id, type: varchar, description: Order in the shop, checks: [not_null, {relationships: {to: silver.orders, column: order_id, action: warn}}]}
  - {name: carrier, type: varchar, description: Carrier, checks: [not_null]}
  - {name: service_level, type: varchar, description: Service, checks: [{accepted_values: {values: [standard, express, next_day, economy, collect]}}]}
  - {name: shipment_status, type: varchar, description: State, checks: [not_null, {accepted_values: {values: [created, picked, in_transit, delivered, delayed, lost, returned, cancelled]}}]}
  - {name: tracking_number, type: varchar, description: Number by which the carrier finds it}
  - {name: origin_location_id, type: varchar, description: Store or warehouse that it leaves from}
  - {name: recipient_name_token, type: varchar, description: 'Recipient: keyed token, equal for equal values', classification: sensitive}
  - {name: recipient_name_encrypted, type: varchar, description: 'Recipient: encrypted with the key of its subject', classification: sensitive}
  - {name: address_line_token, type: varchar, description: 'Street and number: keyed token, equal for equal values', classification: sensitive}
  - {name: address_line_encrypted, type: varchar, description: 'Street and number: encrypted with the key of its subject', classification: sensitive}
  - {name: city, type: varchar, description: City, classification: sensitive}
  - {name: postcode_token, type: varchar, description: 'Postal code: keyed token, equal for equal values', classification: sensitive}
  - {name: postcode_encrypted, type: varchar, description: 'Postal code: encrypted with the key of its subject', classification: sensitive}
  - {name: postcode_area, type: varchar, description: 'Postal code: leading part, which many share'}
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country of delivery, checks: [{regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: package_count, type: integer, description: Packages, checks: [{range: {min: 1}}]}
  - {name: weight_kg, type: 'decimal(18,6)', description: Weight in kg, checks: [{range: {min: 0}}]}
  - {name: shipping_cost, type: 'decimal(18,2)', description: 'What the carrier charges the retailer, in base currency; null where its rate is unknown', checks: [{range: {min: 0}}]}
  - {name: currency, type: varchar, description: 'ISO 4217 code of the cost; the base currency where the source leaves it out', checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: shipping_cost_original, type: 'decimal(18,2)', description: 'shipping_cost as charged, in currency'}
  - {name: created_at, type: timestamp, description: 'When it was ordered from the carrier, in UTC'}
  - {name: shipped_at, type: timestamp, description: 'When it left, in UTC'}
  - {name: promised_at, type: timestamp, description: 'When it was promised to arrive, in UTC'}
  - {name: delivered_at, type: timestamp, description: 'When it arrived, in UTC'}
  - {name: is_late, type: boolean, description: 'Whether it arrived after the promised moment, or was lost; null on its way, or where nothing was promised'}
  - {name: days_late, type: integer, description: 'Days from the promised day to that of arrival, 0 where it kept it; null until it arrives', checks: [{range: {min: 0}}]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When it was last changed, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - freshness: {column: updated_at, hours: 48, action: warn}
  - satisfies: {name: arrives_after_it_left, condition: delivered_at >= shipped_at, dimension: timeliness, action: warn}
  - satisfies: {name: delivered_has_a_time, condition: "shipment_status <> 'delivered' or delivered_at is not null", dimension: completeness, action: warn}
  - satisfies: {name: cost_is_converted, condition: shipping_cost is not null or shipping_cost_original is null, dimension: accuracy, action: warn}
  - sql:
      name: locations_are_known
      dimension: consistency
      action: warn
      query: >-
        select origin_location_id as location_id from silver.shipments where origin_location_id is not null
        except
        select store_id from silver.stores
        except
        select source_location_id from silver.inventory_snapshots
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select shipment_id from bronze.shipping_orders
        except
        select shipment_id from silver.shipments
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    shipment_id, order_id, carrier, service_level, status, tracking_number, origin_location_id, recipient_name_token,
    recipient_name_encrypted, address_line_token, address_line_encrypted, city, postcode_token, postcode_encrypted,
    postcode_area, country, package_count, weight_kg, shipping_cost, created_at, shipped_at, promised_at, delivered_at,
    _subject, updated_at, _ingested_at,
    coalesce(upper(nullif(trim(currency), '')), 'GBP') as currency,
    row_number() over (
      partition by shipment_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.shipping_orders
)

select
  shipment_id,
  order_id,
  trim(carrier) as carrier,
  service_level,
  status as shipment_status,
  nullif(trim(tracking_number), '') as tracking_number,
  origin_location_id,
  recipient_name_token,
  recipient_name_encrypted,
  address_line_token,
  address_line_encrypted,
  nullif(trim(city), '') as city,
  postcode_token,
  postcode_encrypted,
  postcode_area,
  coalesce(country_names.country_code, nullif(upper(trim(country)), '')) as country,
  package_count,
  weight_kg,
  cast(shipping_cost * case versions.currency when 'GBP' then 1 else fx.rate_to_base end as decimal(18,2)) as shipping_cost,
  versions.currency,
  shipping_cost as shipping_cost_original,
  created_at,
  shipped_at,
  promised_at,
  delivered_at,
  case
    when promised_at is null then null
    when status = 'lost' then true
    when delivered_at is not null then delivered_at > promised_at
  end as is_late,
  cast(greatest(date_diff('day', cast(promised_at as date), cast(delivered_at as date)), 0) as integer) as days_late,
  _subject as subject,
  updated_at,
  _ingested_at as ingested_at
from versions
left join silver.country_names on country_names.name = lower(trim(versions.country))
left join silver.exchange_rates as fx
  on fx.currency = versions.currency
  and fx.rate_date = cast(coalesce(versions.created_at, versions.updated_at) as date)
where recency = 1
