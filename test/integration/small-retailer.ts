import { DEFAULT_DEFECTS } from '../../events/generator/defects.ts';
import type { OutputOptions } from '../../events/generator/output/manifest.ts';

/** Two days, of which the last is streamed: about 27,000 records of all sources. */
export const SMALL_RETAILER: OutputOptions = {
  seed: 11,
  scale: 0.1,
  days: 2,
  firstDay: '2026-10-30',
  streamDays: 1,
  defects: { ...DEFAULT_DEFECTS, invalid_field: 0.02, duplicate: 0.02 },
  sources: [],
};
