import type { Problem } from '../validator/problem.ts';
import { CsvSplitter } from './csv-splitter.ts';
import { DELIMITER_NAMES, type Delimiter } from './delimiter.ts';
import { headerNames } from './header.ts';
import { FileRefusal } from './refusal.ts';
import type { RecordSink, ResumePoint } from './sink.ts';
import { readText, type TextInput } from './text.ts';

/** The fields of a CSV record whose quotes are in order. */
export function csvFields(record: string, delimiter: Delimiter = ','): string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const fields: string[] = [];
  let at = 0;
  while (at <= record.length) {
    const isQuoted = record[at] === '"';
    const end = isQuoted ? endOfQuoted(record, at) : endOfPlain(record, at, delimiter);
    fields.push(isQuoted ? record.slice(at + 1, end - 1).replaceAll('""', '"') : record.slice(at, end));
    at = end + 1;
  }
  return fields;
}

const endOfPlain = (record: string, start: number, delimiter: Delimiter): number => {
  const end = record.indexOf(delimiter, start);
  return end < 0 ? record.length : end;
};

/** Just behind the quote that ends the field which begins with one at `start`. */
function endOfQuoted(record: string, start: number): number {
  let quote = record.indexOf('"', start + 1);
  while (record[quote + 1] === '"') quote = record.indexOf('"', quote + 2);
  return quote + 1;
}

/**
 * Reads a CSV file (RFC 4180, UTF-8) whose first record names the columns.
 *
 * @param delimiter what parts its fields; undefined to go by the header
 */
export async function readCsv(
  input: TextInput,
  sink: RecordSink,
  delimiter: Delimiter | undefined,
  from?: ResumePoint,
): Promise<void> {
  const splitter = new CsvSplitter(from?.header?.delimiter ?? delimiter);
  let names = from?.header?.names;
  let width = names?.length ?? 0;
  if (names) sink.columns(names);
  const take = (record: string): void => {
    const fields = csvFields(record, splitter.delimiter);
    if (names === undefined) {
      names = takeHeader(fields, splitter.delimiter, sink);
      width = names.length;
    } else if (fields.length === width) {
      sink.row(fields, record.length);
    } else {
      sink.refuse(wrongCount(fields.length, width), () => record);
    }
  };
  const headed: RecordSink = {
    columns: (columns) => sink.columns(columns),
    row: (values, size) => sink.row(values, size),
    object: (record, raw, size) => sink.object(record, raw, size),
    refuse: (problem, raw) => {
      if (names === undefined) throw new FileRefusal('wrong_header', `the header cannot be read: ${problem.message}`);
      sink.refuse(problem, raw);
    },
    drain: (next) => sink.drain(next),
  };
  const resumeAt = (offset: number) => names && { offset, header: { delimiter: splitter.delimiter, names } };
  await readText(input, splitter, take, headed, resumeAt);
  if (names === undefined) throw new FileRefusal('empty_file', 'the file holds no header and no rows');
}

/** Hands the header on; a refusal also tells how the header was taken apart, where that may be the reason. */
function takeHeader(fields: readonly string[], delimiter: Delimiter, sink: RecordSink): readonly string[] {
  try {
    const names = headerNames(fields);
    sink.columns(names);
    return names;
  } catch (thrown) {
    if (!(thrown instanceof FileRefusal) || (delimiter === ',' && fields.length > 1)) throw thrown;
    const parted =
      fields.length > 1
        ? `its columns are parted by ${DELIMITER_NAMES[delimiter]}`
        : 'its header has no comma, semicolon, tab or vertical bar that would part columns';
    throw new FileRefusal(thrown.problem.code, `${thrown.message}; ${parted}`);
  }
}

const wrongCount = (found: number, expected: number): Problem => ({
  code: 'wrong_field_count',
  message: `the row has ${found} fields, the header ${expected}`,
});
