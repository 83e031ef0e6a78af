/*
description: >-
  Entries of the general ledger, each in its latest version. Amounts are in base currency by the rate of the posting
  date. An entry in a currency without a rate is set aside.
owner: finance
grain: one row per entry (entry_id)
kind: table
sort_by: [posting_date, journal_id, entry_id]
sla: {hours: 26}
columns:
  - {name: entry_id, type: varchar, description: Entry, checks: [not_null, unique]}
  - {name: journal_id, type: varchar, description: Journal that the entry belongs to, checks: [not_null]}
  - {name: line_number, type: integer, description: 'Line within the journal, from 1', checks: [{range: {min: 1}}]}
  - {name: posting_date, type: date, description: Day that it counts for, checks: [not_null]}
  - {name: account_code, type: varchar, description: Account, checks: [not_null]}
  - {name: account_name, type: varchar, description: Name of the account}
  - {name: account_type, type: varchar, description: Kind of account, checks: [not_null, {accepted_values: {values: [asset, liability, equity, revenue, expense]}}]}
  - {name: debit_amount, type: 'decimal(18,2)', description: 'Debit; 0 on the credit side', checks: [not_null, {range: {min: 0}}]}
  - {name: credit_amount, type: 'decimal(18,2)', description: 'Credit; 0 on the debit side', checks: [not_null, {range: {min: 0}}]}
  - {name: amount, type: 'decimal(18,2)', description: Debit less credit, checks: [not_null]}
  - {name: currency, type: varchar, description: ISO 4217 code of the entry, checks: [not_null, {regex: {pattern: '^[A-Z]{3}$', action: warn}}]}
  - {name: amount_original, type: 'decimal(18,2)', description: 'amount as booked, in currency', checks: [not_null]}
  - {name: fx_rate, type: 'decimal(18,12)', description: Base currency per unit of currency on the posting date, checks: [{not_null: {action: quarantine}}]}
  - {name: reference_type, type: varchar, description: What the entry is about, checks: [{accepted_values: {values: [order, store_day, refund, purchase, payroll, stock, other]}}]}
  - {name: reference_id, type: varchar, description: 'Order, or store and day as store/yyyy-mm-dd'}
  - {name: memo, type: varchar, description: Note of the accountant}
  - {name: is_balanced, type: boolean, description: 'Whether the entries of its journal add up to zero, in each currency as booked', checks: [not_null]}
  - {name: updated_at, type: timestamp, description: 'When the entry was last changed, in UTC', checks: [not_null]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received this version, in UTC', checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - freshness: {column: posting_date, hours: 72, action: warn}
  - satisfies: {name: one_side_only, condition: (debit_amount = 0) <> (credit_amount = 0), dimension: validity, action: warn}
  - satisfies: {name: journal_balances, condition: is_balanced, dimension: consistency, action: warn}
  - sql:
      name: ledger_balances
      dimension: accuracy
      action: warn
      query: select sum(amount_original) as difference, currency from silver.accounting_entries group by currency having sum(amount_original) <> 0
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select entry_id from bronze.accounting_transactions
        except
        select entry_id from silver.accounting_entries
        except
        select entry_id from bronze.accounting_transactions as entries
        left join silver.exchange_rates as fx
          on fx.currency = upper(trim(entries.currency)) and fx.rate_date = entries.posting_date
        where upper(trim(entries.currency)) <> 'GBP' and fx.rate_to_base is null
*/
with

versions as (
  -- The latest version counts; of one received twice, the first, so that deliveries and replays that repeat it change
  -- nothing. Positions are numbers as text.
  select
    entry_id, journal_id, line_number, posting_date, account_code, account_name, account_type, reference_type,
    reference_id, memo, updated_at, _ingested_at,
    coalesce(debit_amount, decimal '0.00') as debit_amount,
    coalesce(credit_amount, decimal '0.00') as credit_amount,
    upper(trim(currency)) as currency,
    row_number() over (
      partition by entry_id
      order by updated_at desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.accounting_transactions
),

converted as (
  select
    entry_id, journal_id, line_number, posting_date, account_code, account_name, account_type, reference_type,
    reference_id, memo, updated_at, _ingested_at, versions.currency, debit_amount, credit_amount,
    case versions.currency when 'GBP' then cast(1 as decimal(18,12)) else fx.rate_to_base end as fx_rate
  from versions
  left join silver.exchange_rates as fx
    on fx.currency = versions.currency
    and fx.rate_date = versions.posting_date
  where recency = 1
)

select
  entry_id,
  journal_id,
  line_number,
  posting_date,
  account_code,
  nullif(trim(account_name), '') as account_name,
  account_type,
  cast(debit_amount * fx_rate as decimal(18,2)) as debit_amount,
  cast(credit_amount * fx_rate as decimal(18,2)) as credit_amount,
  cast((debit_amount - credit_amount) * fx_rate as decimal(18,2)) as amount,
  currency,
  cast(debit_amount - credit_amount as decimal(18,2)) as amount_original,
  fx_rate,
  reference_type,
  reference_id,
  nullif(trim(memo), '') as memo,
  sum(debit_amount - credit_amount) over (partition by journal_id, currency) = 0 as is_balanced,
  updated_at,
  _ingested_at as ingested_at
from converted
