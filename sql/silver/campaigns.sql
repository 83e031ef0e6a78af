/*
description: Marketing campaigns, each in its latest version
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
  - {name: start_date, type: date, description: First day, checks: [not_null]}
  - {name: end_date, type: date, description: Last day}
  - {name: budget, type: 'decimal(18,2)', description: 'Money set aside for it, in base currency', checks: [{range: {min: 0}}]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the campaign, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
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
  -- The latest version counts; of one received twice, the last (a repeated delivery of one position is the same in
  -- every column). Positions are numbers as text.
  select
    campaign_id, name, campaign_type, channel, start_date, end_date, budget, updated_at, _ingested_at,
    row_number() over (
      partition by campaign_id
      order by updated_at desc, _ingested_at desc, _origin desc, length(_position) desc, _position desc
    ) as recency
  from bronze.email_campaigns
)

select
  campaign_id,
  nullif(trim(name), '') as campaign_name,
  nullif(trim(campaign_type), '') as campaign_type,
  channel,
  start_date,
  end_date,
  budget,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
