import { DEFAULT_DEFECTS } from '../../events/generator/defects.ts';
import type { OutputOptions } from '../../events/generator/output/manifest.ts';

/** Six days, of which the last is streamed: about 54,000 records of all sources. */
export const SMALL_RETAILER: OutputOptions = {
  seed: 11,
  scale: 0.1,
  days: 6,
  firstDay: '2026-10-26',
  streamDays: 1,
  defects: { ...DEFAULT_DEFECTS, invalid_field: 0.02, duplicate: 0.02, unknown_column: 0.02, invalid_email: 0.05 },
  sources: [],
};
