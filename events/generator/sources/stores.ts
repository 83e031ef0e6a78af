import type { Retailer } from '../simulation/retailer.ts';
import { DAY_MS, dayText, HOUR_MS, instantText } from '../time.ts';
import type { Store, Warehouse } from '../world/locations.ts';

type Place = Store | Warehouse;

function record(place: Place, firstDay: number) {
  const { id, name, market, city } = place;
  const isStore = 'type' in place;
  return {
    store_id: id,
    store_name: name,
    store_type: isStore ? place.type : 'warehouse',
    city: city.name,
    state: city.state,
    region: city.region,
    country: market.country,
    currency: market.currency,
    latitude: city.latitude,
    longitude: city.longitude,
    timezone: city.timezone,
    floor_area: isStore ? place.floorArea : null,
    opened_on: dayText(firstDay - (isStore ? place.age : 4000)),
    closed_on: null,
    updated_at: instantText(firstDay * DAY_MS + HOUR_MS),
  };
}

/** All stores and own warehouses, on the first day. */
export function handOverStores({ stores, warehouses, firstDay, outbox }: Retailer): void {
  const own = warehouses.filter(({ provider }) => provider === undefined);
  for (const place of [...stores, ...own]) outbox.push('stores', record(place, firstDay));
}
