import { z } from 'zod';
import type { Table } from '../iceberg/index.ts';

/** Property of a table that keeps it from being built. */
const HELD = 'tributary.held';

/** Since when a table is kept as it is, and by whom. */
export interface Hold {
  /** ISO 8601. */
  readonly since: string;
  readonly by: string;
}

const hold = z.object({ since: z.string(), by: z.string() });

/** The hold on a table, if there is one; it ends by a release alone. */
export function holdOf({ metadata }: Pick<Table, 'metadata'>): Hold | undefined {
  const text = metadata.properties[HELD];
  return text === undefined ? undefined : hold.parse(JSON.parse(text));
}

/** The table properties that hold it, or end the hold. */
export const holdProperties = (value: Hold | undefined): Readonly<Record<string, string | undefined>> => ({
  [HELD]: value && JSON.stringify(value),
});

export const describeHold = ({ since, by }: Hold): string => `held since ${since}, by ${by}`;
