import type { JsonRecord } from '../../validator/layout.ts';

/** How records are written as text: what stands before, between and after them. */
export interface TextFormat {
  head(columns: readonly string[]): string;
  /** @param values those of the record, in the order of the columns */
  record(record: JsonRecord, values: readonly unknown[]): string;
  readonly separator: string;
  readonly tail: string;
}

/** RFC 4180: fields that need it in quotes, lines ended by CR and LF. */
function delimited(delimiter: ',' | '\t'): TextFormat {
  const needsQuotes = delimiter === ',' ? /[",\r\n]/ : /["\t\r\n]/;
  const field = (value: unknown): string => {
    if (value === null || value === undefined) return '';
    const text = typeof value === 'string' ? value : String(value);
    return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (values: readonly unknown[]): string => {
    let text = field(values[0]);
    for (let at = 1; at < values.length; at++) text += delimiter + field(values[at]);
    return `${text}\r\n`;
  };
  return { head: line, record: (_, values) => line(values), separator: '', tail: '' };
}

export const CSV = delimited(',');
export const TSV = delimited('\t');
export const NDJSON: TextFormat = {
  head: () => '',
  record: (record) => `${JSON.stringify(record)}\n`,
  separator: '',
  tail: '',
};
export const JSON_ARRAY: TextFormat = {
  head: () => '[\n',
  record: (record) => JSON.stringify(record),
  separator: ',\n',
  tail: '\n]\n',
};
