/*
description: Who received which campaign and what they did with it, each in its latest version
owner: marketing
grain: one row per campaign and recipient (campaign_id, recipient_id)
kind: table
sort_by: [campaign_id, recipient_id]
sla: {hours: 2}
columns:
  - {name: campaign_id, type: varchar, description: Campaign, checks: [not_null, {relationships: {to: silver.campaigns, column: campaign_id, action: warn}}]}
  - {name: recipient_id, type: varchar, description: 'Recipient, as the mailing system knows them', classification: sensitive, checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Recipient as a customer of the platform: the contact, qualified by its system, or the customer in the CRM', classification: sensitive, checks: [not_null]}
  - {name: email_token, type: varchar, description: 'E-mail address that it went to: keyed token, equal for equal values', classification: sensitive}
  - {name: email_encrypted, type: varchar, description: 'E-mail address that it went to: encrypted with the key of its subject', classification: sensitive}
  - {name: email_domain, type: varchar, description: 'E-mail address that it went to: domain'}
  - {name: email_is_valid, type: boolean, description: 'E-mail address that it went to: whether it is well formed'}
  - {name: sent_at, type: timestamp, description: 'When it was sent, in UTC'}
  - {name: opened_at, type: timestamp, description: 'When it was first opened, in UTC', classification: sensitive}
  - {name: clicked_at, type: timestamp, description: 'When it was first clicked, in UTC', classification: sensitive}
  - {name: bounced_at, type: timestamp, description: 'When it came back undelivered, in UTC'}
  - {name: unsubscribed_at, type: timestamp, description: 'When the recipient unsubscribed through it, in UTC', classification: sensitive}
  - {name: is_delivered, type: boolean, description: Whether it was sent and did not come back, checks: [not_null]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - unique: {columns: [campaign_id, recipient_id]}
  - row_count: {min: 1, action: warn}
  - sql: {name: clicked_only_if_sent, dimension: consistency, action: warn, query: "select campaign_id, recipient_id from silver.campaign_recipients where clicked_at < sent_at"}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select campaign_id, customer_id from bronze.email_campaign_recipients
        except
        select campaign_id, recipient_id from silver.campaign_recipients
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    campaign_id, customer_id, contact_id, email_token, email_encrypted, email_domain, email_is_valid, sent_at,
    opened_at, clicked_at, bounced_at, unsubscribed_at, _subject, updated_at, _ingested_at,
    row_number() over (
      partition by campaign_id, customer_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.email_campaign_recipients
)

select
  campaign_id,
  customer_id as recipient_id,
  coalesce(concat('contact:', contact_id), customer_id) as customer_id,
  email_token,
  email_encrypted,
  email_domain,
  email_is_valid,
  sent_at,
  opened_at,
  clicked_at,
  bounced_at,
  unsubscribed_at,
  sent_at is not null and bounced_at is null as is_delivered,
  _subject as subject,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
