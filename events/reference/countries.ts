import type { countries as contract } from '../contracts/countries.ts';
import type { Row } from '../contracts/row.ts';
import { REFERENCE_FILES, referenceText } from './files.ts';

export type Country = Row<typeof contract>;

/** A row as JSON writes it, which has no integers beyond 2^53 and leaves out what is not known. */
type CountryJson = Omit<Country, 'population'> & { readonly population: number };

let all: readonly Country[] | undefined;

/** The bundled countries, by code. */
export function countries(): readonly Country[] {
  all ??= (JSON.parse(referenceText(REFERENCE_FILES.countries)) as readonly CountryJson[]).map((country) => ({
    ...country,
    population: BigInt(country.population),
  }));
  return all;
}
