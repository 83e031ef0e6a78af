/*
description: >-
  Stock of stores, own warehouses and logistics partners, day by day, each count in its latest version. Counts are as the
  source has them: stock below zero is flagged, never put right.
owner: supply-chain
grain: one row per day, location and product (snapshot_date, location_id, product_id)
kind: table
partition_by: [{column: snapshot_date, transform: month}]
sort_by: [snapshot_date, location_id, product_id]
sla: {hours: 26}
columns:
  - {name: snapshot_date, type: date, description: Day of the count, checks: [not_null]}
  - {name: source_system, type: varchar, description: 'Who counted: the ERP, or a logistics partner (3pl)', checks: [not_null, {accepted_values: {values: [erp, 3pl]}}]}
  - {name: provider, type: varchar, description: 'Logistics partner, where it is one'}
  - {name: location_id, type: varchar, description: 'Store or warehouse; of a partner, as partner:warehouse', checks: [not_null]}
  - {name: source_location_id, type: varchar, description: 'Store or warehouse as the source names it; shipments and documents of the ERP name it so', checks: [not_null]}
  - {name: location_type, type: varchar, description: Kind of location, checks: [not_null, {accepted_values: {values: [store, warehouse, partner_warehouse]}}]}
  - {name: product_id, type: varchar, description: 'Product in the ERP; sku:… where a partner’s stock keeping unit is not known there', checks: [not_null, {relationships: {to: silver.products, column: product_id, action: warn}}]}
  - {name: on_hand, type: integer, description: 'Units in place; below zero when sold before they were booked in', checks: [not_null]}
  - {name: reserved, type: integer, description: Units of these promised to orders, checks: [not_null, {range: {min: 0}}]}
  - {name: damaged, type: integer, description: Units of these that cannot be sold, checks: [not_null, {range: {min: 0}}]}
  - {name: available, type: integer, description: 'Units that can be sold: on_hand less reserved and damaged', checks: [not_null]}
  - {name: in_transit, type: integer, description: Units on their way here, checks: [not_null, {range: {min: 0}}]}
  - {name: reorder_point, type: integer, description: Units at which the ERP reorders, checks: [{range: {min: 0}}]}
  - {name: safety_stock, type: integer, description: Units kept for surprises, checks: [{range: {min: 0}}]}
  - {name: unit_cost, type: 'decimal(18,4)', description: 'Cost of one unit, in base currency by the rate of the day', checks: [{range: {min: 0}}]}
  - {name: stock_value, type: 'decimal(18,2)', description: 'on_hand at unit_cost, in base currency'}
  - {name: is_negative, type: boolean, description: Whether on_hand is below zero, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the count, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [snapshot_date, location_id, product_id]}
  - row_count: {min: 1, action: warn}
  - freshness: {column: snapshot_date, hours: 48, action: warn}
  - satisfies: {name: not_negative, condition: not is_negative, dimension: accuracy, action: warn}
  - satisfies: {name: reserved_is_there, condition: is_negative or reserved <= on_hand, dimension: consistency, action: warn}
  - sql:
      name: locations_are_known
      dimension: consistency
      action: warn
      query: >-
        select distinct location_id from silver.inventory_snapshots where source_system = 'erp'
        except
        select store_id from silver.stores
  - sql:
      name: nothing_lost_erp
      dimension: completeness
      query: >-
        select snapshot_date, location_id, product_id from bronze.erp_inventory
        except
        select snapshot_date, location_id, product_id from silver.inventory_snapshots
  - sql:
      name: nothing_lost_3pl
      dimension: completeness
      query: >-
        select distinct snapshot_date, concat(provider, ':', warehouse_id) as location_id from bronze.third_party_inventory
        except
        select snapshot_date, location_id from silver.inventory_snapshots
*/
with

erp_versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    snapshot_date, location_id, location_type, product_id, on_hand, reserved, in_transit, reorder_point, safety_stock,
    unit_cost, updated_at, _ingested_at,
    coalesce(upper(nullif(trim(currency), '')), 'GBP') as currency,
    row_number() over (
      partition by snapshot_date, location_id, product_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.erp_inventory
),

partner_versions as (
  select
    snapshot_date, provider, warehouse_id, on_hand, allocated, in_transit, damaged, updated_at, _ingested_at,
    upper(trim(sku)) as sku,
    row_number() over (
      partition by snapshot_date, provider, warehouse_id, upper(trim(sku))
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.third_party_inventory
),

counts as (
  select
    snapshot_date, 'erp' as source_system, cast(null as varchar) as provider, location_id,
    location_id as source_location_id, location_type, product_id,
    on_hand, reserved, cast(null as integer) as damaged, in_transit, reorder_point, safety_stock,
    case erp_versions.currency
      when 'GBP' then unit_cost
      else cast(unit_cost * fx.rate_to_base as decimal(18,4))
    end as unit_cost,
    updated_at, _ingested_at
  from erp_versions
  left join silver.exchange_rates as fx
    on fx.currency = erp_versions.currency
    and fx.rate_date = erp_versions.snapshot_date
  where recency = 1
  union all
  select
    snapshot_date, '3pl', provider, concat(provider, ':', warehouse_id), warehouse_id, 'partner_warehouse',
    coalesce(product_codes.product_id, concat('sku:', partner_versions.sku)),
    on_hand, allocated, damaged, in_transit, cast(null as integer), cast(null as integer), product_costs.unit_cost,
    partner_versions.updated_at, _ingested_at
  from partner_versions
  left join silver.product_codes on product_codes.sku = partner_versions.sku
  left join silver.products as product_costs
    on product_costs.product_id = product_codes.product_id
    and product_costs.is_latest
  where recency = 1
)

select
  snapshot_date,
  source_system,
  provider,
  location_id,
  source_location_id,
  location_type,
  product_id,
  on_hand,
  coalesce(reserved, 0) as reserved,
  coalesce(damaged, 0) as damaged,
  on_hand - coalesce(reserved, 0) - coalesce(damaged, 0) as available,
  coalesce(in_transit, 0) as in_transit,
  reorder_point,
  safety_stock,
  unit_cost,
  cast(on_hand * unit_cost as decimal(18,2)) as stock_value,
  on_hand < 0 as is_negative,
  updated_at,
  _ingested_at as ingested_at
from counts
