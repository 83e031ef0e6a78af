import { identifier, literal } from '../../../engine/adapters/duckdb/types.ts';
import { parseTypeName } from '../../../engine/dialect/index.ts';
import { duckDbType, type SqlType } from '../../../engine/dialect/types.ts';
import type { HiveColumn } from './hive.ts';

/** How lines of text become rows, as the catalog says it. */
export interface TextFormat {
  readonly kind: 'text' | 'csv';
  readonly serde: Readonly<Record<string, string>>;
  /** Lines at the head of each file that are no rows. */
  readonly headerLines: number;
}

/** LazySimpleSerDe's delimiter unless the table names one. */
const DEFAULT_DELIMITER = '\x01';
/** Separates nothing: no file has these characters one after the other. */
const NO_DELIMITER = '\x02\x03\x04\x05';
const NO_NULL = '\x06\x07';

/** A SELECT of the columns from local files. Text that is no value of a column's type is null, as in Athena. */
export function textSelect(format: TextFormat, columns: readonly HiveColumn[], localPaths: readonly string[]): string {
  const typed = columns.map(({ name, type }) => ({ name, type: parseTypeName(type) }));
  if (localPaths.length === 0) {
    const nulls = typed.map(({ name, type }) => `cast(null as ${duckDbType(type)}) as ${identifier(name)}`);
    return `select ${nulls.join(', ')} where false`;
  }
  const files = `[${localPaths.map(literal).join(', ')}]`;
  return format.kind === 'csv' ? quotedText(format, typed, files) : delimitedText(format, typed, files);
}

interface TypedColumn {
  readonly name: string;
  readonly type: SqlType;
}

/** OpenCSVSerde: values may stand in quotes; nothing is null but what is not there. */
function quotedText({ serde, headerLines }: TextFormat, columns: readonly TypedColumn[], files: string): string {
  const quote = serde.quoteChar ?? '"';
  const options = [
    `columns = {${columns.map(({ name }) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`,
    `delim = ${literal(serde.separatorChar ?? ',')}`,
    `quote = ${literal(quote)}`,
    // Doubled quotes are read as one, which the writer of every other tool means by them.
    `escape = ${literal(quote)}`,
    ...commonOptions(headerLines),
  ];
  const values = columns.map(({ name, type }) => `${openCsvValue(identifier(name), type)} as ${identifier(name)}`);
  return `select ${values.join(', ')} from read_csv(${files}, ${options.join(', ')}, null_padding = true, strict_mode = false)`;
}

/** Dates are days and timestamps milliseconds since 1970 in this SerDe. */
function openCsvValue(text: string, type: SqlType): string {
  if (type.kind === 'date') return `date '1970-01-01' + try_cast(${text} as integer)`;
  if (type.kind === 'timestamp') return `make_timestamp(try_cast(${text} as bigint) * 1000)`;
  return type.kind === 'varchar' ? text : `try_cast(nullif(${text}, '') as ${duckDbType(type)})`;
}

/** LazySimpleSerDe: a line is cut at each delimiter; what is missing is null and what is too much is left out. */
function delimitedText({ serde, headerLines }: TextFormat, columns: readonly TypedColumn[], files: string): string {
  const options = [
    `columns = {'line': 'VARCHAR'}`,
    `delim = ${literal(NO_DELIMITER)}`,
    `quote = ''`,
    `escape = ''`,
    ...commonOptions(headerLines),
  ];
  const delimiter = literal(serde['field.delim'] ?? serde['serialization.format'] ?? DEFAULT_DELIMITER);
  const nullText = literal(serde['serialization.null.format'] ?? '\\N');
  const values = columns.map(({ name, type }, index) => {
    const text = `nullif(parts[${index + 1}], ${nullText})`;
    const value = type.kind === 'varchar' ? text : `try_cast(${text} as ${duckDbType(type)})`;
    return `${value} as ${identifier(name)}`;
  });
  const lines = `select string_split(coalesce(line, ''), ${delimiter}) as parts from read_csv(${files}, ${options.join(', ')})`;
  return `select ${values.join(', ')} from (${lines})`;
}

const commonOptions = (headerLines: number): readonly string[] => [
  'header = false',
  `skip = ${headerLines}`,
  'auto_detect = false',
  // No value is null by what it says; the SerDes decide that.
  `nullstr = ${literal(NO_NULL)}`,
];
