import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MemoryObjectStore } from '../../test/fixtures/memory-object-store.ts';
import { ingestCompleteJourney } from '../bronze.ts';
import { exchangeRates, inBronze, objectIn, storesOf, writeObject } from './data.ts';

const DATE = '2017-01-01';

/** The Complete Journey as ingestion writes it, with what it does not tell: its stores, and rates that nobody needs. */
export async function writeCompleteJourney(folder: string): Promise<void> {
  const store = new MemoryObjectStore();
  await ingestCompleteJourney(store);
  for (const [name, { body }] of store.objects) {
    if (!/^bronze\/(pos_transactions|erp_products)\//.test(name)) continue;
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), body);
  }
  await writeObject(
    objectIn(folder, 'stores', DATE),
    storesOf(`select distinct store_id from ${inBronze(folder, 'pos_transactions')}`),
  );
  await writeObject(objectIn(folder, 'exchange_rates', DATE), exchangeRates());
  await writeObject(objectIn(folder, 'erp_products', DATE), unknownProducts(folder));
}

/** The few products that were sold and are in no list, nameless; checks of every contender refuse lines without one. */
const unknownProducts = (folder: string): string =>
  `select known.* exclude (ingest_date, ingest_hour)
     replace (sold.product_id as product_id, null::varchar as name, null::varchar as category, null::varchar as brand,
       null::decimal(18,4) as unit_cost)
   from (
     select distinct product_id from ${inBronze(folder, 'pos_transactions')}
     where product_id not in (select product_id from ${inBronze(folder, 'erp_products')})
   ) as sold
   cross join (from ${inBronze(folder, 'erp_products')} limit 1) as known`;
