/*
description: >-
  Customers known to the CRM and to the shop, with the history of what is known about them. Each system has its own
  customers here; which of them are the same person is for identity resolution to say. Personal values are tokens or
  encrypted.
owner: customer-relations
grain: one row per customer and version (customer_id, updated_at)
kind: table
sort_by: [customer_id, updated_at]
sla: {hours: 2}
columns:
  - {name: customer_id, type: varchar, description: 'Customer, qualified by its system where that is not the CRM (shop:…)', classification: sensitive, checks: [not_null]}
  - {name: source_system, type: varchar, description: System that knows the customer, checks: [not_null, {accepted_values: {values: [crm, shop]}}]}
  - {name: source_customer_id, type: varchar, description: Customer as that system names them, classification: sensitive, checks: [not_null]}
  - {name: loyalty_id, type: varchar, description: 'The same person in the CRM, where they gave the loyalty card to the shop', classification: sensitive}
  - {name: email_token, type: varchar, description: 'E-mail address: keyed token, equal for equal values', classification: sensitive}
  - {name: email_encrypted, type: varchar, description: 'E-mail address: encrypted with the key of its subject', classification: sensitive}
  - {name: email_domain, type: varchar, description: 'E-mail address: domain'}
  - {name: email_is_valid, type: boolean, description: 'E-mail address: whether it is well formed'}
  - {name: first_name_token, type: varchar, description: 'First name: keyed token, equal for equal values', classification: sensitive}
  - {name: first_name_encrypted, type: varchar, description: 'First name: encrypted with the key of its subject', classification: sensitive}
  - {name: last_name_token, type: varchar, description: 'Last name: keyed token, equal for equal values', classification: sensitive}
  - {name: last_name_encrypted, type: varchar, description: 'Last name: encrypted with the key of its subject', classification: sensitive}
  - {name: phone_token, type: varchar, description: 'Telephone number: keyed token, equal for equal values', classification: sensitive}
  - {name: phone_encrypted, type: varchar, description: 'Telephone number: encrypted with the key of its subject', classification: sensitive}
  - {name: phone_is_valid, type: boolean, description: 'Telephone number: whether it is well formed'}
  - {name: address_line_token, type: varchar, description: 'Street and number: keyed token, equal for equal values', classification: sensitive}
  - {name: address_line_encrypted, type: varchar, description: 'Street and number: encrypted with the key of its subject', classification: sensitive}
  - {name: city, type: varchar, description: City, classification: sensitive}
  - {name: postcode_token, type: varchar, description: 'Postal code: keyed token, equal for equal values', classification: sensitive}
  - {name: postcode_encrypted, type: varchar, description: 'Postal code: encrypted with the key of its subject', classification: sensitive}
  - {name: postcode_area, type: varchar, description: 'Postal code: leading part, which many share'}
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country}
  - {name: birth_date_token, type: varchar, description: 'Date of birth: keyed token, equal for equal values', classification: sensitive}
  - {name: birth_date_encrypted, type: varchar, description: 'Date of birth: encrypted with the key of its subject', classification: sensitive}
  - {name: birth_year, type: integer, description: Year of birth, classification: sensitive, checks: [{range: {min: 1900, max: 2100, action: warn}}]}
  - {name: customer_segment, type: varchar, description: Segment that sales assigned; unknown where none, checks: [not_null, {accepted_values: {values: [premium, standard, basic, unknown]}}]}
  - {name: customer_type, type: varchar, description: 'Private, business or staff'}
  - {name: loyalty_tier, type: varchar, description: Tier in the loyalty programme}
  - {name: registration_date, type: date, description: When the customer registered}
  - {name: last_login_at, type: timestamp, description: 'When the customer last used the account, in UTC', classification: sensitive}
  - {name: marketing_consent, type: boolean, description: Whether the customer agreed to marketing; false where unknown, checks: [not_null]}
  - {name: consent_at, type: timestamp, description: 'When the agreement was given or withdrawn, in UTC'}
  - {name: age_band, type: varchar, description: 'Age of the head of the household, as a band', classification: sensitive}
  - {name: income_band, type: varchar, description: 'Yearly income of the household, as a band', classification: sensitive}
  - {name: home_ownership, type: varchar, description: Whether the home is owned or rented, classification: sensitive}
  - {name: marital_status, type: varchar, description: Marital status, classification: sensitive}
  - {name: household_size, type: varchar, description: People in the household; 5+ is open-ended, classification: sensitive}
  - {name: household_composition, type: varchar, description: Adults and children, classification: sensitive}
  - {name: kids_count, type: varchar, description: Children in the household; 3+ is open-ended, classification: sensitive}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the system changed the customer to this version, in UTC', checks: [not_null]}
  - {name: is_latest, type: boolean, description: Whether this is the newest version of the customer, checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [customer_id, updated_at]}
  - row_count: {min: 1, max: 50000000, action: warn}
  - sql:
      name: email_is_valid
      dimension: validity
      action: warn
      query: select customer_id, updated_at from silver.customers where is_latest and not email_is_valid
  - satisfies:
      name: login_after_registration
      condition: last_login_at >= cast(registration_date as timestamp)
      dimension: consistency
      action: warn
  - sql:
      name: registered_within_ten_years
      action: warn
      query: >-
        select mean_days from (
          select avg(date_diff('day', registration_date, cast(ingested_at as date))) as mean_days
          from silver.customers where is_latest
        ) as registrations
        where mean_days not between 0 and 3650
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        (select customer_id, updated_at from bronze.crm_customers
        union all
        select concat('shop:', customer_id), updated_at from bronze.ecommerce_customers)
        except
        select customer_id, updated_at from silver.customers
*/
with

crm_versions as (
  -- Of a version received twice, the one received first counts, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    customer_id, email_token, email_encrypted, email_domain, email_is_valid, first_name_token, first_name_encrypted,
    last_name_token, last_name_encrypted, phone_token, phone_encrypted, phone_is_valid, address_line_token,
    address_line_encrypted, city, postcode_token, postcode_encrypted, postcode_area, country, birth_date_token,
    birth_date_encrypted, birth_date_year, customer_segment, customer_type, loyalty_tier, registration_date,
    last_login_date, marketing_consent, consent_at, age_band, income_band, home_ownership, marital_status,
    household_size, household_composition, kids_count, _subject, updated_at, _ingested_at,
    row_number() over (
      partition by customer_id, updated_at
      order by _ingested_at, _origin, length(_position), _position
    ) as receipt
  from bronze.crm_customers
),

shop_versions as (
  select
    customer_id, loyalty_id, email_token, email_encrypted, email_domain, email_is_valid, first_name_token,
    first_name_encrypted, last_name_token, last_name_encrypted, phone_token, phone_encrypted, phone_is_valid,
    address_line_token, address_line_encrypted, city, postcode_token, postcode_encrypted, postcode_area, country,
    registration_date, last_login_at, accepts_marketing, consent_at, _subject, updated_at, _ingested_at,
    row_number() over (
      partition by customer_id, updated_at
      order by _ingested_at, _origin, length(_position), _position
    ) as receipt
  from bronze.ecommerce_customers
),

customers as (
  select
    customer_id, 'crm' as source_system, customer_id as source_customer_id, cast(null as varchar) as loyalty_id,
    email_token, email_encrypted, email_domain, email_is_valid, first_name_token, first_name_encrypted,
    last_name_token, last_name_encrypted, phone_token, phone_encrypted, phone_is_valid, address_line_token,
    address_line_encrypted, city, postcode_token, postcode_encrypted, postcode_area, country, birth_date_token,
    birth_date_encrypted, birth_date_year as birth_year, customer_segment, customer_type, loyalty_tier,
    registration_date, last_login_date as last_login_at, marketing_consent, consent_at, age_band, income_band,
    home_ownership, marital_status, household_size, household_composition, kids_count, _subject, updated_at,
    _ingested_at
  from crm_versions
  where receipt = 1
  union all
  select
    concat('shop:', customer_id), 'shop', customer_id, loyalty_id,
    email_token, email_encrypted, email_domain, email_is_valid, first_name_token, first_name_encrypted,
    last_name_token, last_name_encrypted, phone_token, phone_encrypted, phone_is_valid, address_line_token,
    address_line_encrypted, city, postcode_token, postcode_encrypted, postcode_area, country, null,
    null, null, null, null, null,
    registration_date, last_login_at, accepts_marketing, consent_at, null, null,
    null, null, null, null, null, _subject, updated_at,
    _ingested_at
  from shop_versions
  where receipt = 1
)

select
  customer_id,
  source_system,
  source_customer_id,
  nullif(trim(loyalty_id), '') as loyalty_id,
  email_token,
  email_encrypted,
  email_domain,
  email_is_valid,
  first_name_token,
  first_name_encrypted,
  last_name_token,
  last_name_encrypted,
  phone_token,
  phone_encrypted,
  phone_is_valid,
  address_line_token,
  address_line_encrypted,
  nullif(trim(city), '') as city,
  postcode_token,
  postcode_encrypted,
  postcode_area,
  upper(nullif(trim(country), '')) as country,
  birth_date_token,
  birth_date_encrypted,
  birth_year,
  coalesce(nullif(trim(customer_segment), ''), 'unknown') as customer_segment,
  nullif(trim(customer_type), '') as customer_type,
  nullif(trim(loyalty_tier), '') as loyalty_tier,
  registration_date,
  last_login_at,
  coalesce(marketing_consent, false) as marketing_consent,
  consent_at,
  nullif(trim(age_band), '') as age_band,
  nullif(trim(income_band), '') as income_band,
  nullif(trim(home_ownership), '') as home_ownership,
  nullif(trim(marital_status), '') as marital_status,
  nullif(trim(household_size), '') as household_size,
  nullif(trim(household_composition), '') as household_composition,
  nullif(trim(kids_count), '') as kids_count,
  _subject as subject,
  updated_at,
  row_number() over (partition by customer_id order by updated_at desc) = 1 as is_latest,
  _ingested_at as ingested_at
from customers
