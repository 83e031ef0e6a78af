/*
description: Who received which campaign and what they did with it, each in its latest version
owner: marketing
grain: one row per campaign and recipient (campaign_id, customer_id)
kind: table
sort_by: [campaign_id, customer_id]
sla: {hours: 2}
columns:
  - {name: campaign_id, type: varchar, description: Campaign, checks: [not_null, {relationships: {to: silver.campaigns, column: campaign_id, action: warn}}]}
  - {name: customer_id, type: varchar, description: Recipient, classification: sensitive, checks: [not_null]}
  - {name: sent_at, type: timestamp, description: 'When it was sent, in UTC'}
  - {name: opened_at, type: timestamp, description: 'When it was first opened, in UTC', classification: sensitive}
  - {name: clicked_at, type: timestamp, description: 'When it was first clicked, in UTC', classification: sensitive}
  - {name: unsubscribed_at, type: timestamp, description: 'When the recipient unsubscribed through it, in UTC', classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [campaign_id, customer_id]}
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select campaign_id, customer_id from bronze.email_campaign_recipients
        except
        select campaign_id, customer_id from silver.campaign_recipients
*/
with

versions as (
  -- The latest version counts; of one received twice, the last (a repeated delivery of one position is the same in
  -- every column). Positions are numbers as text.
  select
    campaign_id, customer_id, sent_at, opened_at, clicked_at, unsubscribed_at, updated_at, _ingested_at,
    row_number() over (
      partition by campaign_id, customer_id
      order by updated_at desc, _ingested_at desc, _origin desc, length(_position) desc, _position desc
    ) as recency
  from bronze.email_campaign_recipients
)

select
  campaign_id,
  customer_id,
  sent_at,
  opened_at,
  clicked_at,
  unsubscribed_at,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
