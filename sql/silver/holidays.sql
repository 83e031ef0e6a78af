/*
description: Holidays and days that shops prepare for, each in its latest version
owner: merchandising
grain: one row per day, region and name (holiday_date, region_code, holiday_name)
kind: table
sort_by: [country_code, holiday_date]
sla: {hours: 26}
columns:
  - {name: holiday_date, type: date, description: Day, checks: [not_null]}
  - {name: country_code, type: varchar, description: ISO 3166-1 alpha-2 code of the country, checks: [not_null, {relationships: {to: silver.countries, column: country_code, action: warn}}]}
  - {name: region_code, type: varchar, description: 'ISO 3166 code of who keeps the day: the whole country (GB) or a part of it (GB-SCT)', checks: [not_null]}
  - {name: holiday_name, type: varchar, description: Name in English, checks: [not_null]}
  - {name: holiday_type, type: varchar, description: 'public, substitute (stands in for a holiday on a weekend) or observance', checks: [not_null, {accepted_values: {values: [public, substitute, observance]}}]}
  - {name: is_public, type: boolean, description: Whether people are off work, checks: [not_null]}
  - {name: is_nationwide, type: boolean, description: Whether the whole country keeps it, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the calendar was last changed, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [holiday_date, region_code, holiday_name]}
  - row_count: {min: 1, action: warn}
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    holiday_date, upper(trim(country_code)) as country_code, upper(trim(region_code)) as region_code,
    trim(holiday_name) as holiday_name, holiday_type, is_public, updated_at,
    row_number() over (
      partition by holiday_date, upper(trim(region_code)), trim(holiday_name)
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.holidays
)

select
  holiday_date,
  country_code,
  region_code,
  holiday_name,
  holiday_type,
  is_public,
  region_code = country_code as is_nationwide,
  updated_at
from versions
where recency = 1
