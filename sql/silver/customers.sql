/*
description: Customers known to the CRM, with the history of what is known about them
owner: customer-relations
grain: one row per customer and version (customer_id, updated_at)
kind: table
sort_by: [customer_id, updated_at]
sla: {hours: 2}
columns:
  - {name: customer_id, type: varchar, description: Customer, classification: sensitive, checks: [not_null]}
  - {name: customer_segment, type: varchar, description: Segment that sales assigned; unknown where none, checks: [not_null, {accepted_values: {values: [premium, standard, basic, unknown]}}]}
  - {name: customer_type, type: varchar, description: 'Private, business or staff'}
  - {name: loyalty_tier, type: varchar, description: Tier in the loyalty programme}
  - {name: registration_date, type: date, description: When the customer registered}
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country}
  - {name: age_band, type: varchar, description: 'Age of the head of the household, as a band', classification: sensitive}
  - {name: income_band, type: varchar, description: 'Yearly income of the household, as a band', classification: sensitive}
  - {name: home_ownership, type: varchar, description: Whether the home is owned or rented, classification: sensitive}
  - {name: marital_status, type: varchar, description: Marital status, classification: sensitive}
  - {name: household_size, type: varchar, description: People in the household; 5+ is open-ended, classification: sensitive}
  - {name: household_composition, type: varchar, description: Adults and children, classification: sensitive}
  - {name: kids_count, type: varchar, description: Children in the household; 3+ is open-ended, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the CRM changed the customer to this version, in UTC', checks: [not_null]}
  - {name: is_latest, type: boolean, description: Whether this is the newest version of the customer, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [customer_id, updated_at]}
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select customer_id, updated_at from bronze.crm_customers
        except
        select customer_id, updated_at from silver.customers
*/
with

versions as (
  -- Of a version received twice, the one received last counts (a repeated delivery of one position is the same in
  -- every column). Positions are numbers as text.
  select
    customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count, updated_at, _ingested_at,
    row_number() over (
      partition by customer_id, updated_at
      order by _ingested_at desc, _origin desc, length(_position) desc, _position desc
    ) as receipt
  from bronze.crm_customers
)

select
  customer_id,
  coalesce(nullif(trim(customer_segment), ''), 'unknown') as customer_segment,
  nullif(trim(customer_type), '') as customer_type,
  nullif(trim(loyalty_tier), '') as loyalty_tier,
  registration_date,
  upper(nullif(trim(country), '')) as country,
  nullif(trim(age_band), '') as age_band,
  nullif(trim(income_band), '') as income_band,
  nullif(trim(home_ownership), '') as home_ownership,
  nullif(trim(marital_status), '') as marital_status,
  nullif(trim(household_size), '') as household_size,
  nullif(trim(household_composition), '') as household_composition,
  nullif(trim(kids_count), '') as kids_count,
  updated_at,
  row_number() over (partition by customer_id order by updated_at desc) = 1 as is_latest,
  _ingested_at as ingested_at
from versions
where receipt = 1
