/*
description: Requests to customer service, each in its latest state
owner: customer-service
grain: one row per ticket (ticket_id)
kind: table
sort_by: [ticket_id]
sla: {hours: 2}
columns:
  - {name: ticket_id, type: varchar, description: Ticket, checks: [not_null, unique]}
  - {name: customer_id, type: varchar, description: 'Account in the shop, qualified by its system, where known', classification: sensitive}
  - {name: requester_email_token, type: varchar, description: 'E-mail address of who asked: keyed token, equal for equal values', classification: sensitive}
  - {name: requester_email_encrypted, type: varchar, description: 'E-mail address of who asked: encrypted with the key of its subject', classification: sensitive}
  - {name: requester_email_domain, type: varchar, description: 'E-mail address of who asked: domain'}
  - {name: requester_email_is_valid, type: boolean, description: 'E-mail address of who asked: whether it is well formed'}
  - {name: requester_name_token, type: varchar, description: 'Name of who asked: keyed token, equal for equal values', classification: sensitive}
  - {name: requester_name_encrypted, type: varchar, description: 'Name of who asked: encrypted with the key of its subject', classification: sensitive}
  - {name: requester_phone_token, type: varchar, description: 'Telephone number of who asked: keyed token, equal for equal values', classification: sensitive}
  - {name: requester_phone_encrypted, type: varchar, description: 'Telephone number of who asked: encrypted with the key of its subject', classification: sensitive}
  - {name: requester_phone_is_valid, type: boolean, description: 'Telephone number of who asked: whether it is well formed'}
  - {name: order_id, type: varchar, description: Order that it is about}
  - {name: shop_product_id, type: varchar, description: Product in the shop that it is about}
  - {name: category, type: varchar, description: What it is about; other where unknown, checks: [not_null, {accepted_values: {values: [delivery, returns, payment, product, account, complaint, other]}}]}
  - {name: priority, type: varchar, description: Urgency; normal where unknown, checks: [not_null, {accepted_values: {values: [low, normal, high, urgent]}}]}
  - {name: status, type: varchar, description: State, checks: [not_null, {accepted_values: {values: [open, pending, solved, closed]}}]}
  - {name: channel, type: varchar, description: How it came in, checks: [{accepted_values: {values: [email, phone, chat, web, social]}}]}
  - {name: subject_line_encrypted, type: varchar, description: 'Subject line: encrypted with the key of its subject', classification: sensitive}
  - {name: subject_line_redacted, type: varchar, description: 'Subject line: without personal values', classification: sensitive}
  - {name: message_encrypted, type: varchar, description: 'First message: encrypted with the key of its subject', classification: sensitive}
  - {name: message_redacted, type: varchar, description: 'First message: without personal values', classification: sensitive}
  - {name: agent_id, type: varchar, description: Agent who answers, classification: sensitive}
  - {name: satisfaction, type: integer, description: 'Satisfaction that the customer gave, 1 to 5', checks: [{range: {min: 1, max: 5}}]}
  - {name: created_at, type: timestamp, description: 'When it came in, in UTC', checks: [not_null]}
  - {name: first_response_at, type: timestamp, description: 'When it was first answered, in UTC'}
  - {name: resolved_at, type: timestamp, description: 'When it was solved, in UTC'}
  - {name: first_response_minutes, type: bigint, description: Minutes until the first answer; null while there is none, checks: [{range: {min: 0, action: warn}}]}
  - {name: resolution_minutes, type: bigint, description: Minutes until it was solved; null while it is not, checks: [{range: {min: 0, action: warn}}]}
  - {name: is_open, type: boolean, description: Whether somebody still has to act, checks: [not_null]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select ticket_id from bronze.support_tickets
        except
        select ticket_id from silver.support_tickets
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    ticket_id, customer_id, requester_email_token, requester_email_encrypted, requester_email_domain,
    requester_email_is_valid, requester_name_token, requester_name_encrypted, requester_phone_token,
    requester_phone_encrypted, requester_phone_is_valid, order_id, product_id, category, priority, status, channel,
    subject_line_encrypted, subject_line_redacted, message_encrypted, message_redacted, agent_id, satisfaction,
    created_at, first_response_at, resolved_at, _subject, updated_at, _ingested_at,
    row_number() over (
      partition by ticket_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.support_tickets
)

select
  ticket_id,
  concat('shop:', customer_id) as customer_id,
  requester_email_token,
  requester_email_encrypted,
  requester_email_domain,
  requester_email_is_valid,
  requester_name_token,
  requester_name_encrypted,
  requester_phone_token,
  requester_phone_encrypted,
  requester_phone_is_valid,
  order_id,
  product_id as shop_product_id,
  coalesce(category, 'other') as category,
  coalesce(priority, 'normal') as priority,
  status,
  channel,
  subject_line_encrypted,
  subject_line_redacted,
  message_encrypted,
  message_redacted,
  agent_id,
  satisfaction,
  created_at,
  first_response_at,
  resolved_at,
  date_diff('minute', created_at, first_response_at) as first_response_minutes,
  date_diff('minute', created_at, resolved_at) as resolution_minutes,
  status in ('open', 'pending') as is_open,
  _subject as subject,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
