/*
description: >-
  Customers, SCD type 2: the versions of customer_versions, half-open from valid_from to before valid_to, with what the
  customer bought. These measures are type 1, the same on each version, and refer to the day of the run.
owner: analytics
grain: one row per customer and version (customer_key)
kind: table
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
  - {name: first_order_date, type: date, description: 'Day of the first purchase, in UTC'}
  - {name: last_order_date, type: date, description: 'Day of the last purchase, in UTC'}
  - {name: total_orders, type: bigint, description: Orders with at least one line kept, checks: [not_null, {range: {min: 0}}]}
  - {name: total_spent, type: 'decimal(18,2)', description: 'Net of cancellations and returns, in base currency', checks: [not_null]}
  - {name: lifetime_value, type: 'decimal(18,2)', description: 'Historic value: all purchases so far, net, in base currency', checks: [not_null]}
  - {name: avg_order_value, type: double, description: 'total_spent over total_orders, in base currency'}
  - {name: recency_score, type: integer, description: Recency by fixed cut-offs; null without a purchase, checks: [{range: {min: 1, max: 5}}]}
  - {name: frequency_score, type: integer, description: Frequency by fixed cut-offs; null without a purchase, checks: [{range: {min: 1, max: 5}}]}
  - {name: monetary_score, type: integer, description: Spending by fixed cut-offs; null without a purchase, checks: [{range: {min: 1, max: 5}}]}
  - {name: purchase_segment, type: varchar, description: Segment of the summed scores; null without a purchase, checks: [{accepted_values: {values: [champions, loyal_customers, potential_loyalists, at_risk]}}]}
  - {name: rfm_segment, type: varchar, description: Named segment of the quintiles; null without a purchase, checks: [{accepted_values: {values: [champions, loyal_customers, big_spenders, new_customers, at_risk, cannot_lose_them]}}]}
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

versions as (
  select
    customer_key, customer_id, customer_segment, customer_type, loyalty_tier, registration_date, country, age_band,
    income_band, home_ownership, marital_status, household_size, household_composition, kids_count,
    is_inferred, valid_from, valid_to, is_current, version
  from gold.customer_versions
),

metrics as (
  select
    customer_id, first_order_at, last_order_at, total_orders, total_spent, avg_order_value,
    recency_score, frequency_score, monetary_score, customer_value_segment, rfm_segment
  from gold.customer_metrics
)

select
  customer_key,
  versions.customer_id,
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
  cast(first_order_at as date) as first_order_date,
  cast(last_order_at as date) as last_order_date,
  coalesce(total_orders, 0) as total_orders,
  coalesce(total_spent, decimal '0.00') as total_spent,
  coalesce(total_spent, decimal '0.00') as lifetime_value,
  avg_order_value,
  recency_score,
  frequency_score,
  monetary_score,
  customer_value_segment as purchase_segment,
  rfm_segment,
  is_inferred,
  valid_from,
  valid_to,
  is_current,
  version
from versions
left join metrics on metrics.customer_id = versions.customer_id
