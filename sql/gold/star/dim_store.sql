/*
description: Stores where something was sold; their names and places are null until a source of stores is loaded
owner: store-systems
grain: one row per store (store_id)
kind: table
sort_by: [store_id]
sla: {hours: 2}
columns:
  - {name: store_key, type: bigint, description: Surrogate key of the store, checks: [not_null, unique]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null, unique]}
  - {name: store_name, type: varchar, description: Name; null until a source of stores is loaded}
  - {name: store_type, type: varchar, description: 'Retail store, distribution or fulfilment centre; null until a source of stores is loaded'}
  - {name: city, type: varchar, description: City; null until a source of stores is loaded}
  - {name: state, type: varchar, description: State; null until a source of stores is loaded}
  - {name: region, type: varchar, description: Region; null until a source of stores is loaded}
  - {name: first_sale_date, type: date, description: 'Day of the first sale, in UTC', checks: [not_null]}
  - {name: last_sale_date, type: date, description: 'Day of the last sale, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
*/
with

order_lines as (
  select store_id, transaction_at
  from silver.order_lines
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(store_id))), 1, 15), 16) as bigint) as store_key,
  store_id,
  cast(null as varchar) as store_name,
  cast(null as varchar) as store_type,
  cast(null as varchar) as city,
  cast(null as varchar) as state,
  cast(null as varchar) as region,
  cast(min(transaction_at) as date) as first_sale_date,
  cast(max(transaction_at) as date) as last_sale_date
from order_lines
group by store_id
