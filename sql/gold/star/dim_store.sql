/*
description: >-
  Stores and warehouses. A store where something was sold, and which the source of stores does not know, is there with
  its number only.
owner: store-systems
grain: one row per store (store_id)
kind: table
sort_by: [store_id]
sla: {hours: 2}
columns:
  - {name: store_key, type: bigint, description: Surrogate key of the store, checks: [not_null, unique]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null, unique]}
  - {name: store_name, type: varchar, description: Name}
  - {name: store_type, type: varchar, description: Kind, checks: [{accepted_values: {values: [flagship, standard, express, outlet, warehouse]}}]}
  - {name: city, type: varchar, description: City}
  - {name: state, type: varchar, description: 'State, county or province'}
  - {name: region, type: varchar, description: Sales region}
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country}
  - {name: currency, type: varchar, description: ISO 4217 code of its prices}
  - {name: timezone, type: varchar, description: IANA time zone}
  - {name: floor_area, type: integer, description: Area open to customers in m²}
  - {name: opened_on, type: date, description: First day}
  - {name: closed_on, type: date, description: 'Last day, where closed'}
  - {name: is_inferred, type: boolean, description: 'Whether the store is known from sales only', checks: [not_null]}
  - {name: first_sale_date, type: date, description: 'Day of the first sale, in UTC'}
  - {name: last_sale_date, type: date, description: 'Day of the last sale, in UTC'}
checks:
  - row_count: {min: 1, action: warn}
*/
with

sold as (
  select
    store_id,
    cast(min(transaction_at) as date) as first_sale_date,
    cast(max(transaction_at) as date) as last_sale_date
  from silver.order_lines
  where store_id is not null
  group by store_id
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(coalesce(stores.store_id, sold.store_id)))), 1, 15), 16) as bigint) as store_key,
  coalesce(stores.store_id, sold.store_id) as store_id,
  store_name,
  store_type,
  city,
  state,
  region,
  country,
  currency,
  timezone,
  floor_area,
  opened_on,
  closed_on,
  stores.store_id is null as is_inferred,
  first_sale_date,
  last_sale_date
from silver.stores
full join sold on sold.store_id = stores.store_id
