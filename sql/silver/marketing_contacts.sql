/*
description: Contacts of the marketing automation, each in its latest version
owner: marketing
grain: one row per contact (contact_id)
kind: table
sort_by: [contact_id]
sla: {hours: 2}
columns:
  - {name: contact_id, type: varchar, description: Contact, classification: sensitive, checks: [not_null, unique]}
  - {name: customer_id, type: varchar, description: 'The contact as a customer of the platform: qualified by its system', classification: sensitive, checks: [not_null]}
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
  - {name: country, type: varchar, description: ISO 3166 alpha-2 code of the country}
  - {name: lifecycle_stage, type: varchar, description: How far the contact has come, checks: [{accepted_values: {values: [subscriber, lead, opportunity, customer, evangelist, other]}}]}
  - {name: lead_source, type: varchar, description: What brought the contact}
  - {name: email_consent, type: boolean, description: Whether the contact agreed to e-mail; false where unknown, checks: [not_null]}
  - {name: sms_consent, type: boolean, description: Whether the contact agreed to text messages; false where unknown, checks: [not_null]}
  - {name: consent_at, type: timestamp, description: 'When the agreement was last given or withdrawn, in UTC'}
  - {name: unsubscribed_at, type: timestamp, description: 'When the contact unsubscribed from everything, in UTC'}
  - {name: is_reachable, type: boolean, description: 'Whether e-mail may and can be sent: agreed, not unsubscribed, address well formed', checks: [not_null]}
  - {name: lead_score, type: integer, description: Score that the marketing automation gives, checks: [{range: {min: 0, max: 100}}]}
  - {name: created_at, type: timestamp, description: 'When the contact was made, in UTC'}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql: {name: email_is_valid, dimension: validity, action: warn, query: select contact_id from silver.marketing_contacts where not email_is_valid}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select contact_id from bronze.marketing_contacts
        except
        select contact_id from silver.marketing_contacts
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    contact_id, email_token, email_encrypted, email_domain, email_is_valid, first_name_token, first_name_encrypted,
    last_name_token, last_name_encrypted, phone_token, phone_encrypted, phone_is_valid, country, lifecycle_stage,
    lead_source, email_consent, sms_consent, consent_at, unsubscribed_at, lead_score, created_at, _subject,
    updated_at, _ingested_at,
    row_number() over (
      partition by contact_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.marketing_contacts
)

select
  contact_id,
  concat('contact:', contact_id) as customer_id,
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
  upper(nullif(trim(country), '')) as country,
  lifecycle_stage,
  nullif(trim(lead_source), '') as lead_source,
  coalesce(email_consent, false) as email_consent,
  coalesce(sms_consent, false) as sms_consent,
  consent_at,
  unsubscribed_at,
  coalesce(email_consent and unsubscribed_at is null and email_is_valid, false) as is_reachable,
  lead_score,
  created_at,
  _subject as subject,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
