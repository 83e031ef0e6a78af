import type { Emission, GeneratorOptions } from './emission.ts';

/** All records of all sources day by day, and the truth about them. Never holds more than a few thousand records. */
export function* generate(options: GeneratorOptions): Generator<Emission> {
  yield {
    kind: 'records',
    source: 'stores',
    day: options.firstDay,
    records: [
      {
        store_id: 'S001',
        store_name: 'London 1',
        store_type: 'standard',
        city: 'London',
        state: 'Greater London',
        region: 'South',
        country: 'GB',
        currency: 'GBP',
        latitude: 51.5072,
        longitude: -0.1276,
        timezone: 'Europe/London',
        floor_area: 1200,
        opened_on: '2014-03-01',
        closed_on: null,
        updated_at: `${options.firstDay}T04:00:00.000Z`,
      },
    ],
    refused: 0,
    duplicates: 0,
  };
}
