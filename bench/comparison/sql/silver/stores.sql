/*
description: Stores in their latest version
owner: store-operations
grain: one row per store
kind: table
columns:
  - {name: store_key, type: bigint, description: Surrogate key, checks: [not_null, unique]}
  - {name: store_id, type: varchar, description: Store, checks: [not_null, unique]}
  - {name: store_name, type: varchar, description: Name}
  - {name: region, type: varchar, description: Region}
checks:
  - row_count: {min: 1}
*/
with

versions as (
  select
    store_id, store_name, region,
    row_number() over (
      partition by store_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.stores
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(store_id))), 1, 15), 16) as bigint) as store_key,
  store_id,
  nullif(trim(store_name), '') as store_name,
  nullif(trim(region), '') as region
from versions
where recency = 1
