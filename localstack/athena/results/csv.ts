import type { TextRow } from './stored-result.ts';

/** A row as Athena's CSV has it: every value in quotes, null as nothing. */
export const csvLine = (row: TextRow): string =>
  `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;

/** A row of a SHOW or DESCRIBE statement: columns apart by tabs. */
export const textLine = (row: TextRow): string => `${row.map((value) => value ?? '').join('\t')}\n`;
