/*
description: Base currency per unit of a currency, by day; the rate published last counts
owner: finance
grain: one row per currency and day
kind: table
columns:
  - {name: currency, type: varchar, description: ISO 4217 code, checks: [not_null]}
  - {name: rate_date, type: date, description: Day, checks: [not_null]}
  - {name: rate_to_base, type: 'decimal(18,6)', description: Base currency per unit, checks: [not_null, {range: {min: 0}}]}
checks:
  - unique: {columns: [currency, rate_date]}
*/
with

versions as (
  select
    base_currency, rate_date, rate,
    row_number() over (
      partition by base_currency, rate_date
      order by published_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.exchange_rates
  where quote_currency = 'GBP'
)

select upper(trim(base_currency)) as currency, rate_date, rate as rate_to_base
from versions
where recency = 1
