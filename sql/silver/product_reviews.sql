/*
description: What customers wrote about products, each review in its latest version
owner: e-commerce
grain: one row per review (review_id)
kind: table
sort_by: [review_id]
sla: {hours: 2}
columns:
  - {name: review_id, type: varchar, description: Review, checks: [not_null, unique]}
  - {name: shop_product_id, type: varchar, description: Product in the shop, checks: [not_null]}
  - {name: order_id, type: varchar, description: 'Order that the product was bought in, where known'}
  - {name: customer_id, type: varchar, description: 'Account in the shop, qualified by its system', classification: sensitive}
  - {name: author_name_token, type: varchar, description: 'Name that the author gave: keyed token, equal for equal values', classification: sensitive}
  - {name: author_name_encrypted, type: varchar, description: 'Name that the author gave: encrypted with the key of its subject', classification: sensitive}
  - {name: rating, type: integer, description: Stars, checks: [not_null, {range: {min: 1, max: 5}}]}
  - {name: title_encrypted, type: varchar, description: 'Title: encrypted with the key of its subject', classification: sensitive}
  - {name: title_redacted, type: varchar, description: 'Title: without personal values', classification: sensitive}
  - {name: review_text_encrypted, type: varchar, description: 'Text: encrypted with the key of its subject', classification: sensitive}
  - {name: review_text_redacted, type: varchar, description: 'Text: without personal values', classification: sensitive}
  - {name: review_length, type: integer, description: 'Characters of the text, without personal values', checks: [not_null]}
  - {name: language, type: varchar, description: ISO 639-1 code of the language}
  - {name: is_verified, type: boolean, description: Whether the author bought the product; false where unknown, checks: [not_null]}
  - {name: helpful_votes, type: integer, description: Readers who found it helpful, checks: [not_null, {range: {min: 0}}]}
  - {name: status, type: varchar, description: State of moderation, checks: [{accepted_values: {values: [pending, published, rejected]}}]}
  - {name: created_at, type: timestamp, description: 'When it was written, in UTC', checks: [not_null]}
  - {name: subject, type: varchar, description: Token of the person whose key encrypts the personal values, classification: sensitive}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - sql: {name: written_before_changed, dimension: consistency, action: warn, query: select review_id from silver.product_reviews where created_at > updated_at}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select review_id from bronze.product_reviews
        except
        select review_id from silver.product_reviews
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    review_id, product_id, order_id, customer_id, author_name_token, author_name_encrypted, rating, title_encrypted,
    title_redacted, review_text_encrypted, review_text_redacted, language, is_verified, helpful_votes, status,
    created_at, _subject, updated_at, _ingested_at,
    row_number() over (
      partition by review_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.product_reviews
)

select
  review_id,
  product_id as shop_product_id,
  order_id,
  concat('shop:', customer_id) as customer_id,
  author_name_token,
  author_name_encrypted,
  rating,
  title_encrypted,
  title_redacted,
  review_text_encrypted,
  review_text_redacted,
  cast(coalesce(length(review_text_redacted), 0) as integer) as review_length,
  lower(nullif(trim(language), '')) as language,
  coalesce(is_verified, false) as is_verified,
  coalesce(helpful_votes, 0) as helpful_votes,
  status,
  created_at,
  _subject as subject,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
