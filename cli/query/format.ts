import type { QueryResult, Row, Value } from './athena.ts';
import { layOut } from './layout.ts';

export const FORMATS = ['table', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** A query's result as text, in pieces. CSV and JSON stream; a table is laid out once all rows are there. */
export function formatted(result: QueryResult, format: Format): AsyncIterable<string> {
  return FORMATTERS[format](result);
}

const FORMATTERS: Readonly<Record<Format, (result: QueryResult) => AsyncIterable<string>>> = {
  table: asTable,
  json: asJson,
  csv: asCsv,
};

/** An array of objects by column name, one row a line. */
async function* asJson({ columns, pages }: QueryResult): AsyncGenerator<string> {
  let separator = '[';
  for await (const page of pages) {
    for (const row of page) {
      yield `${separator}\n  ${JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])))}`;
      separator = ',';
    }
  }
  yield separator === '[' ? '[]\n' : '\n]\n';
}

/** RFC 4180 but for line feeds at line ends; null is an empty field, an empty text is `""`. */
async function* asCsv({ columns, pages }: QueryResult): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const page of pages) {
    if (page.length > 0) yield page.map(csvLine).join('');
  }
}

const csvLine = (values: Row): string => `${values.map(csvField).join(',')}\n`;

function csvField(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const NUMERIC = new Set(['tinyint', 'smallint', 'integer', 'bigint', 'float', 'real', 'double', 'decimal']);

async function* asTable({ columns, pages }: QueryResult): AsyncGenerator<string> {
  const rows: string[][] = [];
  for await (const page of pages) rows.push(...page.map((row) => row.map(cell)));
  yield layOut(
    columns.map(({ name, type }) => ({ name, isNumber: NUMERIC.has(type) })),
    rows,
  );
  yield `(${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'})\n`;
}

const cell = (value: Value): string => (value === null ? '' : String(value).replaceAll(/\s/g, ' '));
