/*
description: >-
  What each day of each campaign on social media cost and brought, in its latest version. Amounts are in base currency,
  at the rate of the day. Conversions are what the networks claim.
owner: marketing
grain: one row per campaign and day (campaign_id, report_date)
kind: table
sort_by: [campaign_id, report_date]
sla: {hours: 26}
columns:
  - {name: campaign_id, type: varchar, description: Campaign, checks: [not_null]}
  - {name: report_date, type: date, description: Day that the figures are about, checks: [not_null]}
  - {name: platform, type: varchar, description: Network, checks: [not_null, {accepted_values: {values: [facebook, instagram, tiktok, pinterest, youtube, x, other]}}]}
  - {name: campaign_name, type: varchar, description: Name that marketing gave it}
  - {name: objective, type: varchar, description: Aim, checks: [{accepted_values: {values: [awareness, traffic, conversions, retention]}}]}
  - {name: start_date, type: date, description: First day of the campaign}
  - {name: end_date, type: date, description: Last day of the campaign}
  - {name: budget, type: 'decimal(18,2)', description: 'Money set aside for the whole campaign, in base currency', checks: [{range: {min: 0}}]}
  - {name: spend, type: 'decimal(18,2)', description: 'Money spent on the day, in base currency; null without a rate', checks: [{not_null: {action: warn}}, {range: {min: 0}}]}
  - {name: spend_original, type: 'decimal(18,2)', description: 'Money spent on the day, in the currency of the source', checks: [not_null]}
  - {name: impressions, type: bigint, description: Times shown on the day, checks: [not_null, {range: {min: 0}}]}
  - {name: clicks, type: integer, description: Clicks on the day, checks: [not_null, {range: {min: 0}}]}
  - {name: conversions, type: integer, description: Purchases that the network claims for the day, checks: [not_null, {range: {min: 0}}]}
  - {name: conversion_value, type: 'decimal(18,2)', description: 'Value of these purchases, as the network claims, in base currency'}
  - {name: currency, type: varchar, description: ISO 4217 code of the amounts as the source gives them, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the figures were last changed, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [campaign_id, report_date]}
  - row_count: {min: 1, action: warn}
  - sql:
      name: no_more_clicks_than_impressions
      dimension: consistency
      action: warn
      query: select campaign_id, report_date from silver.social_campaign_days where clicks > impressions
  - sql:
      name: within_the_campaign
      dimension: consistency
      action: warn
      query: >-
        select campaign_id, report_date from silver.social_campaign_days
        where report_date < start_date or report_date > end_date
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select campaign_id, report_date from bronze.social_campaigns
        except
        select campaign_id, report_date from silver.social_campaign_days
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    campaign_id, platform, campaign_name, objective, start_date, end_date, report_date, budget, spend, impressions,
    clicks, conversions, conversion_value, upper(trim(currency)) as currency, updated_at, _ingested_at,
    row_number() over (
      partition by campaign_id, report_date
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.social_campaigns
),

exchange_rates as (
  select currency, rate_date, rate_to_base
  from silver.exchange_rates
),

priced as (
  select
    campaign_id, platform, campaign_name, objective, start_date, end_date, report_date, budget, spend, impressions,
    clicks, conversions, conversion_value, versions.currency, updated_at, _ingested_at,
    case versions.currency when 'GBP' then 1 else rate_to_base end as rate_to_base
  from versions
  left join exchange_rates
    on exchange_rates.currency = versions.currency
    and exchange_rates.rate_date = report_date
  where recency = 1
)

select
  campaign_id,
  report_date,
  platform,
  nullif(trim(campaign_name), '') as campaign_name,
  objective,
  start_date,
  end_date,
  cast(budget * rate_to_base as decimal(18,2)) as budget,
  cast(spend * rate_to_base as decimal(18,2)) as spend,
  spend as spend_original,
  coalesce(impressions, 0) as impressions,
  coalesce(clicks, 0) as clicks,
  coalesce(conversions, 0) as conversions,
  cast(conversion_value * rate_to_base as decimal(18,2)) as conversion_value,
  currency,
  updated_at,
  _ingested_at as ingested_at
from priced
