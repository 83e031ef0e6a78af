/*
description: >-
  Which country a name or code means, for sources that write it in words or otherwise (UK, GBR, United Kingdom). Join it
  on lower(trim(country)).
owner: finance
grain: one row per spelling (name)
kind: table
sort_by: [name]
sla: {hours: 26}
columns:
  - {name: name, type: varchar, description: 'Code, name or alias, in lower case', checks: [not_null, unique]}
  - {name: country_code, type: varchar, description: ISO 3166-1 alpha-2 code of the country, checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
*/
with

spelled as (
  select
    upper(trim(country_code)) as country_code, lower(trim(spellings.name)) as name, updated_at
  from bronze.countries
  cross join unnest(
    array[country_code, country_code_3, country_name, official_name] || split(coalesce(aliases, ''), '|')
  ) as spellings (name)
),

-- A spelling of two countries means the one that was described last.
ranked as (
  select name, country_code, row_number() over (partition by name order by updated_at desc, country_code) as choice
  from spelled
  where name <> ''
)

select name, country_code
from ranked
where choice = 1
