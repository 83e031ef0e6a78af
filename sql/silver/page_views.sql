/*
description: >-
  What visitors of the shop and the app looked at and did there; one event is one row, however often it arrived
owner: e-commerce
grain: one row per event (event_id)
kind: partitioned
partition_by: [{column: viewed_at, transform: month}]
partitions_from: {bronze.page_views: {column: viewed_at, key: [event_id]}}
sort_by: [viewed_at]
sla: {hours: 2}
columns:
  - {name: event_id, type: varchar, description: Event, checks: [not_null, unique]}
  - {name: event_type, type: varchar, description: What the visitor did, checks: [not_null, {accepted_values: {values: [page_view, product_view, search, add_to_cart, remove_from_cart, checkout, purchase, error]}}]}
  - {name: session_id, type: varchar, description: Visit, checks: [not_null]}
  - {name: visitor_id, type: varchar, description: 'Browser or app, by its cookie', classification: sensitive, checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Account in the shop, qualified by its system, where signed in', classification: sensitive}
  - {name: page_path, type: varchar, description: Path of the page}
  - {name: shop_product_id, type: varchar, description: Product in the shop that was shown}
  - {name: order_id, type: varchar, description: Order that a purchase made}
  - {name: search_term, type: varchar, description: What was searched for, classification: sensitive}
  - {name: referrer, type: varchar, description: Where the visitor came from}
  - {name: utm_source, type: varchar, description: Source named by the link}
  - {name: utm_medium, type: varchar, description: Medium named by the link}
  - {name: utm_campaign, type: varchar, description: Campaign named by the link}
  - {name: channel, type: varchar, description: Shop or app, checks: [not_null, {accepted_values: {values: [online, app]}}]}
  - {name: device_type, type: varchar, description: Device; other where unknown, checks: [not_null, {accepted_values: {values: [desktop, mobile, tablet, app, other]}}]}
  - {name: country, type: varchar, description: 'ISO 3166 alpha-2 code of the country, by the network'}
  - {name: ip_address_token, type: varchar, description: 'Internet address: keyed token, equal for equal values', classification: sensitive}
  - {name: ip_address_network, type: varchar, description: 'Internet address: network'}
  - {name: duration_ms, type: integer, description: Time on the page in milliseconds, checks: [{range: {min: 0}}]}
  - {name: viewed_at, type: timestamp, description: 'When it happened, in UTC', checks: [not_null]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql: {name: purchases_name_an_order, dimension: completeness, action: warn, query: "select event_id from silver.page_views where event_type = 'purchase' and order_id is null"}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select event_id from bronze.page_views
        except
        select event_id from silver.page_views
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    event_id, event_type, session_id, visitor_id, customer_id, page_path, product_id, order_id, search_term, referrer,
    utm_source, utm_medium, utm_campaign, channel, device_type, country, ip_address_token, ip_address_network,
    duration_ms, viewed_at, _subject, _ingested_at,
    row_number() over (
      partition by event_id
      order by viewed_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.page_views
)

select
  event_id,
  event_type,
  session_id,
  visitor_id,
  concat('shop:', customer_id) as customer_id,
  page_path,
  product_id as shop_product_id,
  order_id,
  lower(nullif(trim(search_term), '')) as search_term,
  nullif(trim(referrer), '') as referrer,
  lower(nullif(trim(utm_source), '')) as utm_source,
  lower(nullif(trim(utm_medium), '')) as utm_medium,
  nullif(trim(utm_campaign), '') as utm_campaign,
  channel,
  coalesce(device_type, 'other') as device_type,
  upper(nullif(trim(country), '')) as country,
  ip_address_token,
  ip_address_network,
  duration_ms,
  viewed_at,
  _subject as subject,
  _ingested_at as ingested_at
from versions
where recency = 1
