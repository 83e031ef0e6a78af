/*
description: >-
  The history of what is known about customers: a new version where an attribute changed (by hash). Versions are
  half-open, from valid_from to before valid_to; the current one ends 9999-12-31. A customer who bought but is not in
  the CRM has one inferred version. It holds no measures, so facts that refer to it stay as they are from day to day.
owner: analytics
grain: one row per customer and version (customer_key)
kind: table
ties_because: a customer has versions of silver.customers, one at a time, or one inferred version
sort_by: [customer_id, valid_from]
sla: {hours: 2}
columns:
  - {name: customer_key, type: bigint, description: Surrogate key of customer and valid_from, checks: [not_null, unique]}
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
  - {name: is_inferred, type: boolean, description: 'Whether the customer is known from sales only', checks: [not_null]}
  - {name: valid_from, type: timestamp, description: 'First moment of the version, in UTC', checks: [not_null]}
  - {name: valid_to, type: timestamp, description: 'First moment after the version, in UTC; 9999-12-31 for the current one', checks: [not_null]}
  - {name: is_current, type: boolean, description: Whether this is the newest version, checks: [not_null]}
  - {name: version, type: integer, description: 'Version of the customer, from 1', checks: [not_null, {range: {min: 1}}]}
checks:
  - unique: {columns: [customer_id, version]}
  - row_count: {min: 1, action: warn}
*/
with

customers as (
  select
    customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count, updated_at,
    to_hex(md5(to_utf8(array_join(array[
      customer_segment, customer_type, loyalty_tier, cast(registration_date as varchar), country, age_band,
      income_band, home_ownership, marital_status, household_size, household_composition, kids_count
    ], chr(31), '')))) as attributes_hash
  from silver.customers
),

buyers as (
  select distinct customer_id
  from silver.order_lines
  where customer_id is not null
),

compared as (
  select
    customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count, updated_at, attributes_hash,
    lag(attributes_hash) over (partition by customer_id order by updated_at) as previous_hash
  from customers
),

changes as (
  select
    customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count,
    updated_at as valid_from,
    false as is_inferred
  from compared
  where attributes_hash is distinct from previous_hash
  union all
  select
    buyers.customer_id, 'unknown', null, null, null, null, null, null, null, null, null, null, null,
    timestamp '1970-01-01 00:00:00',
    true
  from buyers
  left join customers on customers.customer_id = buyers.customer_id
  where customers.customer_id is null
),

versions as (
  select
    customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count, valid_from, is_inferred,
    lead(valid_from) over (partition by customer_id order by valid_from) as next_valid_from,
    row_number() over (partition by customer_id order by valid_from) as version
  from changes
)

select
  cast(from_base(substr(to_hex(md5(to_utf8(concat(
    customer_id, '|', cast(cast(round(to_unixtime(valid_from) * 1e6) as bigint) as varchar)
  )))), 1, 15), 16) as bigint) as customer_key,
  customer_id,
  customer_segment,
  customer_type,
  loyalty_tier,
  registration_date,
  country,
  age_band,
  income_band,
  home_ownership,
  marital_status,
  household_size,
  household_composition,
  kids_count,
  is_inferred,
  valid_from,
  coalesce(next_valid_from, timestamp '9999-12-31 00:00:00') as valid_to,
  next_valid_from is null as is_current,
  cast(version as integer) as version
from versions
