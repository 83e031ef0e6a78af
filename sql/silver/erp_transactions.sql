/*
description: >-
  Invoices, credit notes and payments of the ERP, each in its latest version; they reconcile sales and add none. Amounts
  are in base currency by the rate of the day they count for. A document in a currency without a rate is set aside.
owner: finance
grain: one row per document (transaction_id)
kind: table
sort_by: [posting_date, transaction_id]
sla: {hours: 26}
columns:
  - {name: transaction_id, type: varchar, description: Transaction in the ERP, checks: [not_null, unique]}
  - {name: document_number, type: varchar, description: Number printed on the document}
  - {name: transaction_type, type: varchar, description: Kind of document, checks: [not_null, {accepted_values: {values: [invoice, credit_note, payment, refund]}}]}
  - {name: source_system, type: varchar, description: System that recorded the sale, checks: [not_null, {accepted_values: {values: [shop, pos, legacy]}}]}
  - {name: source_reference, type: varchar, description: 'Order, basket or invoice there', checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Customer in the CRM, where known', classification: sensitive, checks: [{relationships: {to: silver.customers, column: customer_id, action: warn}}]}
  - {name: location_id, type: varchar, description: Store or warehouse}
  - {name: net_amount, type: 'decimal(18,2)', description: Amount without tax; negative on credit notes and refunds}
  - {name: tax_amount, type: 'decimal(18,2)', description: 'Tax included in the total; null where neither the ERP nor the country of the location tells'}
  - {name: is_tax_computed, type: boolean, description: Whether the tax comes from the country's standard rate, checks: [not_null]}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount with tax; negative on credit notes and refunds, checks: [not_null]}
  - {name: currency, type: varchar, description: ISO 4217 code of the document, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: total_amount_original, type: 'decimal(18,2)', description: 'total_amount as on the document, in currency', checks: [not_null]}
  - {name: fx_rate, type: 'decimal(18,12)', description: Base currency per unit of currency on the day it counts for, checks: [{not_null: {action: quarantine}}]}
  - {name: status, type: varchar, description: State of the document, checks: [{accepted_values: {values: [open, paid, void]}}]}
  - {name: posting_date, type: date, description: Day that it counts for, checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the ERP last changed the transaction, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - freshness: {column: posting_date, hours: 72, action: warn}
  - satisfies: {name: net_and_tax_make_total, condition: abs(net_amount + tax_amount - total_amount) <= 0.02, dimension: accuracy, action: warn}
  - satisfies:
      name: sign_fits_type
      dimension: validity
      action: warn
      condition: (total_amount >= 0 or transaction_type in ('credit_note', 'refund')) and (total_amount <= 0 or transaction_type in ('invoice', 'payment'))
  - sql:
      name: locations_are_known
      dimension: consistency
      action: warn
      query: >-
        select location_id as location_id from silver.erp_transactions where location_id is not null
        except
        select store_id from silver.stores
        except
        select source_location_id from silver.inventory_snapshots
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select transaction_id from bronze.erp_transactions
        except
        select transaction_id from silver.erp_transactions
        except
        select transaction_id from bronze.erp_transactions as documents
        left join silver.exchange_rates as fx
          on fx.currency = upper(trim(documents.currency)) and fx.rate_date = documents.posting_date
        where upper(trim(documents.currency)) <> 'GBP' and fx.rate_to_base is null
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    transaction_id, document_number, transaction_type, source_system, source_reference, customer_id, location_id,
    net_amount, tax_amount, total_amount, status, posting_date, updated_at, _ingested_at,
    upper(trim(currency)) as currency,
    row_number() over (
      partition by transaction_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.erp_transactions
),

converted as (
  select
    transaction_id, document_number, transaction_type, source_system, source_reference, customer_id, location_id,
    versions.currency, total_amount as total_amount_original, status, posting_date, versions.updated_at, _ingested_at,
    net_amount, tax_amount, total_amount,
    case when net_amount is null and tax_amount is null then tax_rate end as missing_tax_rate,
    case versions.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate
  from versions
  left join silver.stores on stores.store_id = versions.location_id
  left join silver.countries on countries.country_code = stores.country
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency
    and fx.rate_date = versions.posting_date
  where recency = 1
),

-- What the ERP leaves out of net amount and tax follows from the other, else from the rate of the country.
taxed as (
  select
    transaction_id, document_number, transaction_type, source_system, source_reference, customer_id, location_id,
    currency, total_amount_original, fx_rate, status, posting_date, updated_at, _ingested_at,
    missing_tax_rate is not null as is_tax_computed,
    cast(total_amount * fx_rate as decimal(18,2)) as total_amount,
    cast(net_amount * fx_rate as decimal(18,2)) as net_amount,
    coalesce(
      cast(coalesce(tax_amount, total_amount - net_amount) * fx_rate as decimal(18,2)),
      cast(cast(total_amount * fx_rate as decimal(18,2)) * missing_tax_rate / (1 + missing_tax_rate) as decimal(18,2))
    ) as tax_amount
  from converted
)

select
  transaction_id,
  nullif(trim(document_number), '') as document_number,
  transaction_type,
  source_system,
  source_reference,
  customer_id,
  location_id,
  coalesce(net_amount, cast(total_amount - tax_amount as decimal(18,2))) as net_amount,
  tax_amount,
  is_tax_computed,
  total_amount,
  currency,
  total_amount_original,
  fx_rate,
  status,
  posting_date,
  updated_at,
  _ingested_at as ingested_at
from taxed
