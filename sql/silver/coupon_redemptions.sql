/*
description: Coupons of campaigns that customers handed in, each in its latest version
owner: marketing
grain: one row per redemption (redemption_id)
kind: table
sort_by: [redeemed_at, redemption_id]
sla: {hours: 2}
columns:
  - {name: redemption_id, type: varchar, description: Redemption, checks: [not_null, unique]}
  - {name: customer_id, type: varchar, description: Customer who handed it in, classification: sensitive, checks: [not_null, {relationships: {to: silver.customers, column: customer_id, action: warn}}]}
  - {name: coupon_upc, type: varchar, description: Code printed on the coupon, checks: [not_null]}
  - {name: campaign_id, type: varchar, description: Campaign that issued it, checks: [not_null, {relationships: {to: silver.campaigns, column: campaign_id, action: warn}}]}
  - {name: redeemed_at, type: timestamp, description: 'When it was handed in, in UTC', checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the source last changed the record, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - satisfies: {name: recorded_after_redeemed, condition: updated_at >= redeemed_at, dimension: timeliness, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select redemption_id from bronze.coupon_redemptions
        except
        select redemption_id from silver.coupon_redemptions
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    redemption_id, customer_id, coupon_upc, campaign_id, redeemed_at, updated_at, _ingested_at,
    row_number() over (
      partition by redemption_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.coupon_redemptions
)

select
  redemption_id,
  customer_id,
  coupon_upc,
  campaign_id,
  redeemed_at,
  updated_at,
  _ingested_at as ingested_at
from versions
where recency = 1
