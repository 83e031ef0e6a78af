// A year of a retailer's raw data as Parquet files in the layout of bronze, one object of lines per day, made from
// numbers alone: the same number of lines gives the same rows.
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export const FIRST_DAY = '2025-01-01';
export const DAYS = 365;
/** The day of the run, after the year. */
export const AS_OF = '2026-01-02';
const PRODUCTS = 20_000;
const STORES = 200;

/** Writes the whole year below `folder`/bronze. One line in a hundred is sent twice, one is corrected the day after. */
export async function writeYear(folder: string, lines: number): Promise<void> {
  const perDay = Math.ceil(lines / DAYS);
  await writeObject(objectIn(folder, 'erp_products', FIRST_DAY), products());
  await writeObject(
    objectIn(folder, 'stores', FIRST_DAY),
    storesOf(`select 'store-' || n as store_id from range(${STORES}) as numbers(n)`),
  );
  await writeObject(objectIn(folder, 'exchange_rates', FIRST_DAY), exchangeRates());
  for (let day = 0; day < DAYS; day += 1) {
    await writeObject(objectIn(folder, 'pos_transactions', dateOf(day)), linesOf(day, perDay));
  }
}

/** Sends the lines of one day again, each under a later version and with another amount. Returns what takes that back. */
export async function sendDayAgain(folder: string, date: string): Promise<() => Promise<void>> {
  const lines = inBronze(folder, 'pos_transactions');
  const [newest] = await query(`select cast(max(_ingested_at) + interval 1 day as date) as date from ${lines}`);
  const receivedOn = String(newest?.date);
  const target = objectIn(folder, 'pos_transactions', receivedOn);
  const changed = `select * exclude (ingest_date, ingest_hour) replace (total_amount + 1 as total_amount,
      updated_at + interval 30 days as updated_at, timestamp '${receivedOn} 03:00:00' as _ingested_at, 'landing/again' as _origin)
    from ${lines} where transaction_at >= date '${date}' and transaction_at < date '${date}' + 1`;
  await writeObject(target, changed);
  return () => rm(dirname(dirname(target)), { recursive: true, force: true });
}

export const dateOf = (day: number): string =>
  new Date(Date.parse(FIRST_DAY) + day * 86_400_000).toISOString().slice(0, 10);

export const objectIn = (folder: string, source: string, date: string): string =>
  join(folder, 'bronze', source, `ingest_date=${date}`, 'ingest_hour=03', 'part.parquet');

/** A source below `folder`, as DuckDB reads it. */
export const inBronze = (folder: string, source: string): string =>
  `read_parquet('${folder}/bronze/${source}/*/*/*.parquet', hive_partitioning = true, union_by_name = true)`;

export async function writeObject(path: string, select: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await query(`copy (${select}) to '${path}' (format parquet, compression zstd)`);
}

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '2GB' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The columns that ingestion adds to every source. */
const envelope = (receivedAt: string, position: string, origin: string): string =>
  `${position}::varchar as _event_id, ${receivedAt} as _event_time, ${receivedAt} as _ingested_at, ${origin} as _origin,
   ${position}::varchar as _position, 1::integer as _contract_version, null::varchar as _subject, null::varchar as _extra`;

/** What arrives on a day: its lines, some of them twice, and corrections of some lines of the day before. */
function linesOf(day: number, perDay: number): string {
  const own = firstVersions(day, perDay);
  const repeated = `select * replace (_position || '0' as _position, 'landing/repeat-${day}' as _origin)
    from (${own}) where hash(_position, 'repeated') % 100 = 0`;
  const corrected = `select * replace ('returned' as order_status, updated_at + interval 1 day as updated_at,
      _ingested_at + interval 1 day as _ingested_at, 'landing/corrected-${day}' as _origin)
    from (${firstVersions(day - 1, perDay)}) where hash(_position, 'corrected') % 100 = 0`;
  return [own, repeated, ...(day === 0 ? [] : [corrected])].join('\nunion all ');
}

/** Baskets of four lines in the order of the tills' clocks; one basket in twenty is of nobody known. */
function firstVersions(day: number, perDay: number): string {
  const moment = `(timestamp '${dateOf(day)} 00:00:00' + to_seconds(((n // 4) * 4 * 86400) // ${perDay}))`;
  const receivedAt = `(timestamp '${dateOf(day)} 23:59:59')`;
  return `select 't-' || lpad(basket::varchar, 11, '0') as transaction_id, (1 + n % 4)::integer as line_number,
      'store-' || store as store_id, 'till-' || (basket % 12) as register_id,
      case when hash(basket, 'known') % 20 > 0 then 'c-' || (hash(basket, 'customer') % greatest(1000, ${perDay * DAYS} // 200)) end as customer_id,
      'p-' || product as product_id, quantity, price::decimal(18,4) as unit_price,
      case when n % 5 = 0 then (price * quantity / 10)::decimal(18,2) end as discount_amount,
      null::decimal(18,2) as coupon_amount, null::decimal(18,2) as tax_amount,
      (price * quantity)::decimal(18,2) as total_amount,
      case when store % 10 = 0 then ' eur' when store % 10 = 1 then 'USD' else 'GBP' end as currency,
      case basket % 3 when 0 then 'in_store' when 1 then 'Online ' else 'app' end as channel,
      'in_store' as fulfillment, case when hash(basket, 'status') % 50 = 0 then 'cancelled' else 'delivered' end as order_status,
      case when basket % 4 = 0 then 'cash' else 'card' end as payment_method, 'paid' as payment_status,
      'f-' || (hash(basket, 'card') % 1000000) as card_fingerprint,
      ${moment} as transaction_at, ${moment} as updated_at, ${envelope(receivedAt, 'n', `'landing/${day}'`)}
    from (
      select n, basket, hash(basket, 'store') % ${STORES} as store, product, (1 + n % 9)::integer as quantity,
        (1 + hash(product) % 8900)::decimal(9,2) / 100::decimal(3,0) as price
      from (
        select n, ${day}::bigint * 100000000 + n // 4 as basket, hash(${day}, n, 'product') % ${PRODUCTS} as product
        from range(${perDay}) as numbers(n)))`;
}

const products = (): string =>
  `select 'p-' || n as product_id, 'sku-' || n as sku, 'Product ' || n as name, 'category-' || (n % 40) as category,
     'sub-' || (n % 300) as subcategory, 'brand-' || (n % 500) as brand, 'department-' || (n % 9) as department,
     null::varchar as manufacturer_id, null::varchar as package_size,
     ((1 + hash(n) % 8900) / 100)::decimal(18,4) as unit_price, ((1 + hash(n) % 8900) / 160)::decimal(18,4) as unit_cost,
     null::varchar as product_family, 'GBP' as currency, null::varchar as supplier_id, null::integer as lead_time_days,
     null::date as launch_date, null::decimal(18,6) as weight_kg, 'active' as status,
     timestamp '${FIRST_DAY} 00:00:00' as updated_at, ${envelope(`timestamp '${FIRST_DAY} 03:00:00'`, 'n', "'landing/products'")}
   from range(${PRODUCTS}) as numbers(n)`;

/** Stores of these ids. */
export const storesOf = (ids: string): string =>
  `select store_id, 'Store ' || store_id as store_name, 'shop' as store_type, 'city' as city, null::varchar as state,
     'region-' || (hash(store_id) % 7) as region, 'GB' as country, 'GBP' as currency, null::decimal(18,6) as latitude,
     null::decimal(18,6) as longitude, 'UTC' as timezone, null::integer as floor_area, null::date as opened_on,
     null::date as closed_on, timestamp '${FIRST_DAY} 00:00:00' as updated_at,
     ${envelope(`timestamp '${FIRST_DAY} 03:00:00'`, '1', "'landing/stores'")}
   from (${ids})`;

/** Rates of two currencies for each day of the year. */
export const exchangeRates = (): string =>
  `select date '${FIRST_DAY}' + day::integer as rate_date, currency as base_currency, 'GBP' as quote_currency,
     (base + (day % 50) / 1000)::decimal(18,6) as rate, timestamp '${FIRST_DAY} 00:00:00' as published_at,
     ${envelope(`timestamp '${FIRST_DAY} 03:00:00'`, 'day', "'landing/rates'")}
   from range(${DAYS}) as days(day), (values ('EUR', 0.85), ('USD', 0.78)) as currencies(currency, base)`;
