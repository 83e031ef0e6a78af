/*
description: >-
  What arrived, by source and hour, and what became of it. A received record is a position: whatever is written or
  delivered more than once counts once. received = accepted + quarantined, and
  accepted = created + updated + duplicates; the sum of created is the number of entities, which are the rows of the
  source's silver table. `npm run docs` writes this file from the contracts.
owner: data-platform
grain: one row per source and hour (UTC) in which something arrived
kind: table
sort_by: [source, received_hour]
columns:
  - {name: source, type: varchar, description: 'Contract, or unknown', checks: [not_null]}
  - {name: received_hour, type: timestamp, description: 'Hour in which Tributary received the records, UTC', checks: [not_null]}
  - {name: received, type: bigint, description: 'Records received, each once', checks: [not_null, {range: {min: 0}}]}
  - {name: accepted, type: bigint, description: Records in bronze, checks: [not_null]}
  - {name: quarantined, type: bigint, description: 'Records in quarantine; a file that was refused whole is one', checks: [not_null]}
  - {name: created, type: bigint, description: Accepted records that were the first of their business key, checks: [not_null]}
  - {name: updated, type: bigint, description: Accepted records with a new version of a known business key, checks: [not_null]}
  - {name: duplicates, type: bigint, description: Accepted records whose business key and version had been received before, checks: [not_null]}
  - {name: delivered, type: bigint, description: 'Records that ingestion worked on by its own count, operations.intake; more than received where batches or events were delivered again', checks: [not_null]}
checks:
  - unique: {columns: [source, received_hour]}
  - sql:
      name: adds_up
      dimension: consistency
      query: >-
        select source, received_hour from gold.intake_ledger
        where received <> accepted + quarantined or accepted <> created + updated + duplicates
  - sql:
      name: recorded
      dimension: completeness
      action: warn
      query: select source, received_hour from gold.intake_ledger where delivered < received
*/
with

written as (
  select
    'accounting_transactions' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    entry_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.accounting_transactions
  union all
  select
    'countries' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    country_code as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.countries
  union all
  select
    'coupon_redemptions' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    redemption_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.coupon_redemptions
  union all
  select
    'crm_customers' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    customer_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.crm_customers
  union all
  select
    'ecommerce_customers' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    customer_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.ecommerce_customers
  union all
  select
    'ecommerce_order_items' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(order_id, chr(31), cast(line_number as varchar)) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.ecommerce_order_items
  union all
  select
    'ecommerce_orders' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    order_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.ecommerce_orders
  union all
  select
    'ecommerce_products' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    product_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.ecommerce_products
  union all
  select
    'email_campaign_recipients' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(campaign_id, chr(31), customer_id) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.email_campaign_recipients
  union all
  select
    'email_campaigns' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    campaign_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.email_campaigns
  union all
  select
    'erp_inventory' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(cast(snapshot_date as varchar), chr(31), location_id, chr(31), product_id) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.erp_inventory
  union all
  select
    'erp_products' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    product_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.erp_products
  union all
  select
    'erp_transactions' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    transaction_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.erp_transactions
  union all
  select
    'exchange_rates' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(cast(rate_date as varchar), chr(31), base_currency, chr(31), quote_currency) as entity,
    published_at as version,
    _ingested_at as received_at
  from bronze.exchange_rates
  union all
  select
    'holidays' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(cast(holiday_date as varchar), chr(31), region_code, chr(31), holiday_name) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.holidays
  union all
  select
    'marketing_contacts' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    contact_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.marketing_contacts
  union all
  select
    'page_views' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    event_id as entity,
    viewed_at as version,
    _ingested_at as received_at
  from bronze.page_views
  union all
  select
    'pos_transactions' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(transaction_id, chr(31), cast(line_number as varchar)) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.pos_transactions
  union all
  select
    'product_reviews' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    review_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.product_reviews
  union all
  select
    'retail_invoices' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(invoice_no, chr(31), stock_code, chr(31), cast(quantity as varchar), chr(31), cast(unit_price as varchar)) as entity,
    invoice_timestamp as version,
    _ingested_at as received_at
  from bronze.retail_invoices
  union all
  select
    'shipping_orders' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    shipment_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.shipping_orders
  union all
  select
    'social_campaigns' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(campaign_id, chr(31), cast(report_date as varchar)) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.social_campaigns
  union all
  select
    'stores' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    store_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.stores
  union all
  select
    'support_tickets' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    ticket_id as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.support_tickets
  union all
  select
    'third_party_inventory' as source,
    _origin as origin,
    _position as position,
    true as is_accepted,
    concat(provider, chr(31), warehouse_id, chr(31), sku, chr(31), cast(snapshot_date as varchar)) as entity,
    updated_at as version,
    _ingested_at as received_at
  from bronze.third_party_inventory
  union all
  select
    source,
    origin,
    position,
    false as is_accepted,
    cast(null as varchar) as entity,
    cast(null as timestamp) as version,
    received_at
  from bronze.quarantine
),

records as (
  -- One row per position. A record that one attempt refused and another, under a newer contract, accepted is accepted.
  select
    origin,
    position,
    coalesce(max(case when is_accepted then source end), max(source)) as source,
    bool_or(is_accepted) as is_accepted,
    max(entity) as entity,
    max(version) as version,
    max(received_at) as received_at
  from written
  group by origin, position
),

versions as (
  select source, entity, version, min(received_at) as received_at
  from records
  where is_accepted
  group by source, entity, version
),

entities as (
  select source, min(received_at) as received_at
  from versions
  group by source, entity
),

counts as (
  select
    source,
    date_trunc('hour', received_at) as received_hour,
    count(*) as received,
    count_if(is_accepted) as accepted,
    0 as new_versions,
    0 as created,
    0 as delivered
  from records
  group by source, date_trunc('hour', received_at)
  union all
  -- What is received first in an hour is new there; all else of the hour had been received before.
  select source, date_trunc('hour', received_at), 0, 0, count(*), 0, 0
  from versions
  group by source, date_trunc('hour', received_at)
  union all
  select source, date_trunc('hour', received_at), 0, 0, 0, count(*), 0
  from entities
  group by source, date_trunc('hour', received_at)
  union all
  -- received_at is ISO 8601 in UTC.
  select
    source,
    cast(concat(replace(substr(received_at, 1, 13), 'T', ' '), ':00:00') as timestamp),
    0, 0, 0, 0,
    sum(received)
  from operations.intake
  group by source, cast(concat(replace(substr(received_at, 1, 13), 'T', ' '), ':00:00') as timestamp)
)

select
  source,
  received_hour,
  sum(received) as received,
  sum(accepted) as accepted,
  sum(received) - sum(accepted) as quarantined,
  sum(created) as created,
  sum(new_versions) - sum(created) as updated,
  sum(accepted) - sum(new_versions) as duplicates,
  sum(delivered) as delivered
from counts
group by source, received_hour
having sum(received) > 0 or sum(delivered) > 0
