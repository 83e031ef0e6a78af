/*
description: Countries of the world
owner: analytics
grain: one row per country (country_code)
kind: table
sort_by: [country_code]
sla: {hours: 26}
columns:
  - {name: country_key, type: bigint, description: Surrogate key of the country, checks: [not_null, unique]}
  - {name: country_code, type: varchar, description: ISO 3166-1 alpha-2 code, checks: [not_null, unique]}
  - {name: country_name, type: varchar, description: Short name in English, checks: [not_null]}
  - {name: region, type: varchar, description: Region by the geoscheme of the United Nations, checks: [not_null]}
  - {name: subregion, type: varchar, description: Subregion by the geoscheme of the United Nations}
  - {name: continent, type: varchar, description: Continent, checks: [not_null]}
  - {name: capital, type: varchar, description: 'Capital, or seat of government'}
  - {name: currency_code, type: varchar, description: ISO 4217 code of the currency in use, checks: [not_null]}
  - {name: languages, type: varchar, description: 'Official languages by ISO 639 codes, separated by |'}
  - {name: gdp_per_capita, type: 'decimal(18,2)', description: 'Gross domestic product per inhabitant at purchasing power parity, in international dollars'}
  - {name: population, type: bigint, description: Inhabitants}
  - {name: timezone, type: varchar, description: IANA time zone of the capital, checks: [not_null]}
  - {name: latitude, type: 'decimal(18,6)', description: Degrees north}
  - {name: longitude, type: 'decimal(18,6)', description: Degrees east}
  - {name: is_eu_member, type: boolean, description: Member state of the European Union, checks: [not_null]}
  - {name: tax_rate, type: 'decimal(18,6)', description: 'Standard rate of value added or goods and services tax, as a fraction of the net price; 0 where the country levies none itself'}
checks:
  - row_count: {min: 1, action: warn}
*/
select
  cast(from_base(substr(to_hex(md5(to_utf8(country_code))), 1, 15), 16) as bigint) as country_key,
  country_code,
  country_name,
  region,
  subregion,
  continent,
  capital,
  currency_code,
  languages,
  gdp_per_capita,
  population,
  timezone,
  latitude,
  longitude,
  is_eu_member,
  tax_rate
from silver.countries
