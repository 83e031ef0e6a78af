/*
description: >-
  Marketing campaigns by e-mail and mailing, each in its latest version. Amounts are in base currency, at the rate of
  the first day.
owner: marketing
grain: one row per campaign (campaign_id)
kind: table
sort_by: [campaign_id]
sla: {hours: 2}
columns:
  - {name: campaign_id, type: varchar, description: Campaign, checks: [not_null, unique]}
  - {name: campaign_name, type: varchar, description: Name that marketing gave it}
  - {name: campaign_type, type: varchar, description: 'Kind of campaign, in the words of the source'}
  - {name: channel, type: varchar, description: How it reaches customers, checks: [{accepted_values: {values: [email, mail, social, app]}}]}
  - {name: subject_line, type: varchar, description: Subject of the message}
  - {name: audience, type: varchar, description: Segment that it is meant for}
  - {name: discount_percentage, type: integer, description: Reduction that it offers in percent, checks: [{range: {min: 0, max: 100}}]}
  - {name: start_date, type: date, description: First day, checks: [not_null]}
  - {name: end_date, type: date, description: Last day}
  - {name: budget, type: 'decimal(18,2)', description: 'Money set aside for it, in base currency', checks: [{range: {min: 0}}]}
  - {name: spend, type: 'decimal(18,2)', description: 'Money spent on it so far, in base currency', checks: [{range: {min: 0}}]}
  - {name: currency, type: varchar, description: ISO 4217 code of the amounts as the source gives them, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the campaign, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql:
      name: ends_after_it_starts
      dimension: consistency
      action: warn
      query: select campaign_id from silver.campaigns where end_date < start_date
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select campaign_id from bronze.email_campaigns
        except
        select campaign_id from silver.campaigns
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    campaign_id, name, campaign_type, channel, subject_line, audience, discount_percentage, start_date, end_date,
    budget, spend, coalesce(upper(nullif(trim(currency), '')), 'GBP') as currency, updated_at, _ingested_at,
    row_number() over (
      partition by campaign_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.email_campaigns
),

exchange_rates as (
  select currency, rate_date, rate_to_base
  from silver.exchange_rates
)

select
  campaign_id,
  nullif(trim(name), '') as campaign_name,
  nullif(trim(campaign_type), '') as campaign_type,
  channel,
  nullif(trim(subject_line), '') as subject_line,
  nullif(trim(audience), '') as audience,
  discount_percentage,
  start_date,
  end_date,
  cast(budget * case versions.currency when 'GBP' then 1 else rate_to_base end as decimal(18,2)) as budget,
  cast(spend * case versions.currency when 'GBP' then 1 else rate_to_base end as decimal(18,2)) as spend,
  versions.currency,
  updated_at,
  _ingested_at as ingested_at
from versions
left join exchange_rates on exchange_rates.currency = versions.currency and exchange_rates.rate_date = start_date
where recency = 1
