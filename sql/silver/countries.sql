/*
description: Countries, each in its latest version
owner: finance
grain: one row per country (country_code)
kind: table
sort_by: [country_code]
sla: {hours: 26}
columns:
  - {name: country_code, type: varchar, description: ISO 3166-1 alpha-2 code, checks: [not_null, unique, {regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: country_code_3, type: varchar, description: ISO 3166-1 alpha-3 code, checks: [not_null, {unique: {action: warn}}]}
  - {name: country_name, type: varchar, description: Short name in English, checks: [not_null, {unique: {action: warn}}]}
  - {name: official_name, type: varchar, description: Formal name in English}
  - {name: continent, type: varchar, description: Continent, checks: [not_null, {accepted_values: {values: [Africa, Asia, Europe, North America, Oceania, South America]}}]}
  - {name: region, type: varchar, description: Region by the geoscheme of the United Nations, checks: [not_null, {accepted_values: {values: [Africa, Americas, Asia, Europe, Oceania]}}]}
  - {name: subregion, type: varchar, description: Subregion by the geoscheme of the United Nations}
  - {name: capital, type: varchar, description: 'Capital, or seat of government'}
  - {name: currency_code, type: varchar, description: ISO 4217 code of the currency in use, checks: [not_null]}
  - {name: languages, type: varchar, description: 'Official languages by ISO 639 codes, separated by |'}
  - {name: calling_code, type: varchar, description: 'Prefix of international calls, with +'}
  - {name: driving_side, type: varchar, description: Side of the road, checks: [{accepted_values: {values: [left, right]}}]}
  - {name: first_day_of_week, type: varchar, description: Day on which calendars begin their weeks}
  - {name: measurement_system, type: varchar, description: Units that goods are labelled in}
  - {name: population, type: bigint, description: Inhabitants, checks: [{range: {min: 0}}]}
  - {name: gdp_per_capita, type: 'decimal(18,2)', description: 'Gross domestic product per inhabitant at purchasing power parity, in international dollars', checks: [{range: {min: 0}}]}
  - {name: statistics_year, type: integer, description: Year in which population and gross domestic product were compiled}
  - {name: timezone, type: varchar, description: IANA time zone of the capital, checks: [not_null]}
  - {name: latitude, type: 'decimal(18,6)', description: Degrees north, checks: [{range: {min: -90, max: 90}}]}
  - {name: longitude, type: 'decimal(18,6)', description: Degrees east, checks: [{range: {min: -180, max: 180}}]}
  - {name: is_eu_member, type: boolean, description: Member state of the European Union, checks: [not_null]}
  - {name: tax_rate, type: 'decimal(18,6)', description: 'Standard rate of value added or goods and services tax, as a fraction of the net price; 0 where the country levies none itself', checks: [{range: {min: 0, max: 1}}]}
  - {name: aliases, type: varchar, description: 'Other names and codes in use, separated by |'}
  - {name: updated_at, type: timestamp, description: 'When the facts were last changed, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select upper(trim(country_code)) as country_code from bronze.countries
        except
        select country_code from silver.countries
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    upper(trim(country_code)) as country_code, country_code_3, country_name, official_name, continent, region,
    subregion, capital, currency_code, languages, calling_code, driving_side, first_day_of_week, measurement_system,
    population, gdp_per_capita, statistics_year, timezone, latitude, longitude, is_eu_member, tax_rate, aliases,
    updated_at,
    row_number() over (
      partition by upper(trim(country_code))
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.countries
)

select
  country_code,
  upper(trim(country_code_3)) as country_code_3,
  trim(country_name) as country_name,
  nullif(trim(official_name), '') as official_name,
  continent,
  region,
  nullif(trim(subregion), '') as subregion,
  nullif(trim(capital), '') as capital,
  upper(trim(currency_code)) as currency_code,
  nullif(trim(languages), '') as languages,
  nullif(trim(calling_code), '') as calling_code,
  driving_side,
  first_day_of_week,
  measurement_system,
  population,
  gdp_per_capita,
  statistics_year,
  timezone,
  latitude,
  longitude,
  is_eu_member,
  tax_rate,
  nullif(trim(aliases), '') as aliases,
  updated_at
from versions
where recency = 1
