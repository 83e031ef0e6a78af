/*
description: >-
  Lines of the legacy wholesale invoices, in pounds sterling. A line that says neither a sale nor a cancellation (nothing
  sold, nothing charged, or taken back on an invoice that is no cancellation) is set aside.
owner: finance
grain: one row per invoice, stock code, quantity and price (invoice_line_id)
kind: table
sort_by: [invoice_timestamp, invoice_line_id]
sla: {hours: 2}
columns:
  - {name: invoice_line_id, type: varchar, description: 'Line of the invoice: invoice, and hash of stock code, quantity and price', checks: [not_null, unique]}
  - {name: invoice_no, type: varchar, description: Invoice; cancellations begin with C, checks: [not_null]}
  - {name: stock_code, type: varchar, description: 'Stock keeping unit, in upper case', checks: [not_null]}
  - {name: description, type: varchar, description: Product in words}
  - {name: quantity, type: integer, description: Units; negative on cancellations, checks: [not_null, {range: {min: -1000, max: 1000}}]}
  - {name: unit_price, type: 'decimal(18,4)', description: Price of one unit, checks: [not_null, {range: {min: 0, max: 100000}}]}
  - {name: total_amount, type: 'decimal(18,2)', description: Amount of the line; quantity times price where the source leaves it out, checks: [not_null, {range: {min: -100000, max: 100000, action: quarantine}}]}
  - {name: invoice_timestamp, type: timestamp, description: 'When it was invoiced, in UTC', checks: [not_null]}
  - {name: customer_id, type: varchar, description: 'Customer in the CRM, where known', classification: sensitive, checks: [{relationships: {to: silver.customers, column: customer_id, action: warn}}]}
  - {name: country, type: varchar, description: 'ISO 3166 alpha-2 code of the country; as the source writes it where it is not known', checks: [{regex: {pattern: '^[A-Z]{2}$', action: warn}}]}
  - {name: is_cancellation, type: boolean, description: Whether the invoice takes back what another charged, checks: [not_null]}
  - {name: product_id, type: varchar, description: 'Product in the ERP, by stock code; else the code as sku:…', checks: [not_null, {relationships: {to: silver.products, column: product_id, action: warn}}]}
  - {name: ingested_at, type: timestamp, description: 'When Tributary received the line, in UTC', checks: [not_null]}
  - {name: batch_id, type: varchar, description: 'Where the line came from: landing object and its ETag', checks: [not_null]}
  - {name: batch_position, type: varchar, description: Row number in the file, checks: [not_null]}
checks:
  - row_count: {min: 1, action: warn}
  - satisfies: {name: sells_or_takes_back, condition: (quantity < 0) = is_cancellation and quantity <> 0, action: quarantine}
  - satisfies: {name: charges_something, condition: abs(total_amount) >= 0.01, action: quarantine}
  - satisfies: {name: total_is_quantity_times_price, condition: abs(total_amount - quantity * unit_price) <= 0.01, dimension: accuracy, action: warn}
  - sql:
      name: nothing_lost
      dimension: completeness
      query: >-
        select invoice_no, upper(trim(stock_code)) as stock_code, quantity, unit_price from bronze.retail_invoices
        where (quantity < 0) = starts_with(upper(invoice_no), 'C') and quantity <> 0
        and abs(coalesce(total_amount, cast(quantity * unit_price as decimal(18,2)))) between 0.01 and 100000
        except
        select invoice_no, stock_code, quantity, unit_price from silver.retail_invoice_lines
*/
with

versions as (
  -- Lines have no number and no time of change: what is the same in invoice, product, quantity and price is one line.
  -- The one invoiced last, then received first counts. Positions are numbers as text.
  select
    invoice_no, description, quantity, unit_price, invoice_timestamp, customer_id, country,
    _ingested_at, _origin, _position,
    upper(trim(stock_code)) as stock_code,
    coalesce(total_amount, cast(quantity * unit_price as decimal(18,2))) as total_amount,
    row_number() over (
      partition by invoice_no, upper(trim(stock_code)), quantity, unit_price
      order by invoice_timestamp desc, _ingested_at, _origin, length(_position), _position
    ) as recency
  from bronze.retail_invoices
)

select
  concat(invoice_no, '-', lower(substr(to_hex(md5(to_utf8(concat(
    stock_code, '|', cast(quantity as varchar), '|', cast(unit_price as varchar)
  )))), 1, 15))) as invoice_line_id,
  invoice_no,
  stock_code,
  nullif(trim(description), '') as description,
  quantity,
  unit_price,
  total_amount,
  invoice_timestamp,
  customer_id,
  coalesce(country_names.country_code, nullif(upper(trim(country)), '')) as country,
  starts_with(upper(invoice_no), 'C') as is_cancellation,
  coalesce(product_codes.product_id, concat('sku:', stock_code)) as product_id,
  _ingested_at as ingested_at,
  _origin as batch_id,
  _position as batch_position
from versions
left join silver.country_names on country_names.name = lower(trim(versions.country))
left join silver.product_codes on product_codes.sku = versions.stock_code
where recency = 1
