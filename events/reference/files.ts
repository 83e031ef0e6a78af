import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A file of reference data that comes with Tributary, in the form in which its source sends it. */
export interface ReferenceFile {
  readonly source: 'exchange_rates' | 'countries' | 'holidays';
  readonly name: string;
}

export const REFERENCE_FILES = {
  exchangeRates: { source: 'exchange_rates', name: 'exchange-rates.csv.gz' },
  countries: { source: 'countries', name: 'countries.json' },
  holidays: { source: 'holidays', name: 'holidays.csv' },
} as const satisfies Record<string, ReferenceFile>;

export const referencePath = ({ name }: ReferenceFile): string => join(import.meta.dirname, name);

/** Whole text of a bundled file. */
export function referenceText(file: ReferenceFile): string {
  const bytes = readFileSync(referencePath(file));
  return (file.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** Records of a bundled CSV file, none of which needs quotes, behind the header. */
export function referenceRecords(file: ReferenceFile): readonly (readonly string[])[] {
  return referenceText(file)
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}
