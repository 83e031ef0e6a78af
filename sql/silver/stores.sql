/*
description: Stores and warehouses of the retailer, each in its latest version
owner: store-systems
grain: one row per store or warehouse (store_id)
kind: table
sort_by: [store_id]
sla: {hours: 2}
columns:
  - {name: store_id, type: varchar, description: Store or warehouse, checks: [not_null, unique]}
  - {name: store_name, type: varchar, description: Name, checks: [not_null]}
  - {name: store_type, type: varchar, description: Kind, checks: [{accepted_values: {values: [flagship, standard, express, outlet, warehouse]}}]}
  - {name: city, type: varchar, description: City}
  - {name: state, type: varchar, description: 'State, county or province'}
  - {name: region, type: varchar, description: Sales region}
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country, checks: [not_null, {regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: currency, type: varchar, description: ISO 4217 code of its prices, checks: [{regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: latitude, type: 'decimal(18,6)', description: Degrees north, checks: [{range: {min: -90, max: 90}}]}
  - {name: longitude, type: 'decimal(18,6)', description: Degrees east, checks: [{range: {min: -180, max: 180}}]}
  - {name: timezone, type: varchar, description: IANA time zone}
  - {name: floor_area, type: integer, description: Area open to customers in m², checks: [{range: {min: 0}}]}
  - {name: opened_on, type: date, description: First day}
  - {name: closed_on, type: date, description: 'Last day, where closed'}
  - {name: updated_at, type: timestamp, description: 'When the record was last changed, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - satisfies: {name: opened_before_closed, condition: opened_on <= closed_on, dimension: consistency, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select store_id from bronze.stores
        except
        select store_id from silver.stores
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    store_id, store_name, store_type, city, state, region, country, currency, latitude, longitude, timezone,
    floor_area, opened_on, closed_on, updated_at, _ingested_at,
    row_number() over (
      partition by store_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.stores
)

select
  store_id,
  trim(store_name) as store_name,
  store_type,
  nullif(trim(city), '') as city,
  nullif(trim(state), '') as state,
  nullif(trim(region), '') as region,
  coalesce(country_names.country_code, upper(trim(country))) as country,
  upper(nullif(trim(currency), '')) as currency,
  latitude,
  longitude,
  nullif(trim(timezone), '') as timezone,
  floor_area,
  opened_on,
  closed_on,
  updated_at,
  _ingested_at as ingested_at
from versions
left join silver.country_names on country_names.name = lower(trim(versions.country))
where recency = 1
