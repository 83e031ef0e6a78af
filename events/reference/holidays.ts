import type { holidays as contract } from '../contracts/holidays.ts';
import type { Row } from '../contracts/row.ts';
import { REFERENCE_FILES, referenceRecords } from './files.ts';

export type Holiday = Row<typeof contract>;

let all: readonly Holiday[] | undefined;

function read(): readonly Holiday[] {
  return referenceRecords(REFERENCE_FILES.holidays).map(
    ([holiday_date = '', country_code = '', region_code = '', holiday_name = '', type = '', isPublic, at = '']) => ({
      holiday_date,
      country_code,
      region_code,
      holiday_name,
      holiday_type: type,
      is_public: isPublic === 'true',
      updated_at: at,
    }),
  );
}

export interface HolidayQuery {
  /** ISO 3166-1 code of the country. */
  readonly country: string;
  /** First and last day, `yyyy-mm-dd`. */
  readonly from: string;
  readonly to: string;
}

/** The bundled holidays of a country, those of its parts included, by day. */
export function holidays({ country, from, to }: HolidayQuery): readonly Holiday[] {
  all ??= read();
  return all.filter(
    ({ holiday_date, country_code }) => country_code === country && holiday_date >= from && holiday_date <= to,
  );
}
