/*
description: >-
  What a unit of each currency is worth in the base currency, pounds sterling, on every day: the last rate published
  until then. A rate holds for a year at most; where it is older than a week, which no closing of the publisher lasts,
  it is an estimate. Before the first rate and a year after the last, a currency has no row.
owner: finance
grain: one row per currency and day (currency, rate_date)
kind: table
ties_because: rates are all against the euro, one a day and currency
sort_by: [currency, rate_date]
sla: {hours: 26}
columns:
  - {name: currency, type: varchar, description: ISO 4217 code, checks: [not_null]}
  - {name: rate_date, type: date, description: Day on which the rate holds, checks: [not_null]}
  - {name: base_currency, type: varchar, description: ISO 4217 code of the base currency, checks: [not_null, {accepted_values: {values: [GBP]}}]}
  - {name: rate_to_base, type: 'decimal(18,12)', description: Units of the base currency that one unit of the currency is worth, checks: [not_null, {range: {min: 0}}]}
  - {name: rate_from_base, type: 'decimal(18,12)', description: Units of the currency that one unit of the base currency is worth, checks: [not_null, {range: {min: 0}}]}
  - {name: source_date, type: date, description: Day that the rate was published for, checks: [not_null]}
  - {name: is_estimated, type: boolean, description: Whether the rate is over a week old, checks: [not_null]}
checks:
  - unique: {columns: [currency, rate_date]}
  - row_count: {min: 1, action: warn}
  - sql:
      name: base_is_worth_one
      dimension: accuracy
      query: >-
        select rate_date, rate_to_base from silver.exchange_rates where currency = base_currency and rate_to_base <> 1
*/
-- Amounts are converted so, in every model (a lake without rates still takes amounts in base currency):
--
--   cast(amount * case currency when 'GBP' then decimal '1' else fx.rate_to_base end as decimal(18,2)) as amount_base
--   …
--   left join silver.exchange_rates as fx on fx.currency = sales.currency and fx.rate_date = cast(sales.sold_at as date)
--
-- The cast rounds half away from zero, and only there; where there is no rate, the result is null.
with

versions as (
  -- The version published last counts; of one received twice, the first. Positions are numbers as text.
  select
    rate_date, quote_currency as currency, rate,
    row_number() over (
      partition by rate_date, base_currency, quote_currency
      order by published_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.exchange_rates
),

sterling as (
  select rate_date, rate
  from versions
  where recency = 1 and currency = 'GBP'
),

per_euro as (
  select rate_date, currency, rate
  from versions
  where recency = 1 and currency <> 'EUR'
  union all
  select rate_date, 'EUR' as currency, decimal '1.000000' as rate
  from sterling
),

published as (
  select
    per_euro.currency, per_euro.rate_date as source_date,
    cast(cast(sterling.rate as decimal(20,12)) / per_euro.rate as decimal(18,12)) as rate_to_base,
    cast(cast(per_euro.rate as decimal(20,12)) / sterling.rate as decimal(18,12)) as rate_from_base,
    date_add('day', -1, lead(per_euro.rate_date) over (partition by per_euro.currency order by per_euro.rate_date))
      as day_before_next
  from per_euro
  join sterling on sterling.rate_date = per_euro.rate_date
),

held as (
  select
    currency, source_date, rate_to_base, rate_from_base,
    least(coalesce(day_before_next, date_add('day', 366, source_date)), date_add('day', 366, source_date)) as last_day
  from published
)

select
  currency,
  days.rate_date,
  'GBP' as base_currency,
  rate_to_base,
  rate_from_base,
  source_date,
  days.rate_date > date_add('day', 7, source_date) as is_estimated
from held
cross join unnest(sequence(source_date, last_day, interval '1' day)) as days (rate_date)
