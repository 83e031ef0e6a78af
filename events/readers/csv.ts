import type { Problem } from '../validator/problem.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { FileRefusal } from './refusal.ts';
import type { RecordSink } from './sink.ts';
import { readText } from './text.ts';

/** The fields of a CSV record whose quotes are in order. */
export function csvFields(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= record.length) {
    const isQuoted = record[at] === '"';
    const end = isQuoted ? endOfQuoted(record, at) : endOfPlain(record, at);
    fields.push(isQuoted ? record.slice(at + 1, end - 1).replaceAll('""', '"') : record.slice(at, end));
    at = end + 1;
  }
  return fields;
}

const endOfPlain = (record: string, start: number): number => {
  const comma = record.indexOf(',', start);
  return comma < 0 ? record.length : comma;
};

/** Just behind the quote that ends the field which begins with one at `start`. */
function endOfQuoted(record: string, start: number): number {
  let quote = record.indexOf('"', start + 1);
  while (record[quote + 1] === '"') quote = record.indexOf('"', quote + 2);
  return quote + 1;
}

/** Reads a CSV file (RFC 4180, comma, UTF-8) whose first record names the columns. */
export async function readCsv(stream: AsyncIterable<Uint8Array>, sink: RecordSink): Promise<void> {
  let width = 0;
  let names: readonly string[] | undefined;
  const take = (record: string): void => {
    const fields = csvFields(record);
    if (names === undefined) {
      names = fields.map((name) => name.trim());
      width = names.length;
      sink.columns(names);
    } else if (fields.length === width) {
      sink.row(fields, () => record);
    } else {
      sink.refuse(wrongCount(fields.length, width), () => record);
    }
  };
  const headed: RecordSink = {
    columns: (columns) => sink.columns(columns),
    row: (values, raw) => sink.row(values, raw),
    object: (record, raw) => sink.object(record, raw),
    refuse: (problem, raw) => {
      if (names === undefined) throw new FileRefusal('wrong_header', `the header cannot be read: ${problem.message}`);
      sink.refuse(problem, raw);
    },
    drain: () => sink.drain(),
  };
  await readText(stream, new CsvSplitter(), take, headed);
  if (names === undefined) throw new FileRefusal('empty_file', 'the file holds no header and no rows');
}

const wrongCount = (found: number, expected: number): Problem => ({
  code: 'wrong_field_count',
  message: `the row has ${found} fields, the header ${expected}`,
});
