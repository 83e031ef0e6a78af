import type { Query } from '../../../engine/dialect/ast.ts';
import type { Cursor } from '../../../engine/dialect/parse/cursor.ts';
import { parseQuery } from '../../../engine/dialect/parse/query.ts';
import { parseTableName } from '../../../engine/dialect/parse/relation.ts';

/** Names of a dotted name, in the order of the text. */
export type Parts = readonly string[];

export type Properties = Readonly<Record<string, string>>;

export interface DeclaredColumn {
  readonly name: string;
  /** As written: `struct<a:int>`. */
  readonly type: string;
  readonly comment?: string;
}

/** `day(sold_at)`, or a column by itself: `identity`. */
export interface PartitionTransform {
  readonly column: string;
  readonly transform: string;
}

export interface CreateTable {
  readonly kind: 'create_table';
  readonly table: Parts;
  readonly isExternal: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly DeclaredColumn[];
  readonly comment?: string;
  /** Columns of their own in Hive tables. */
  readonly partitionColumns: readonly DeclaredColumn[];
  /** Columns among the others in Iceberg tables. */
  readonly partitionBy: readonly PartitionTransform[];
  readonly serde?: string;
  readonly serdeProperties: Properties;
  /** `PARQUET`, or the class of an input format. */
  readonly storedAs?: string;
  readonly location?: string;
  readonly properties: Properties;
}

export type PropertyValue = string | readonly string[];

export interface CreateTableAs {
  readonly kind: 'create_table_as';
  readonly table: Parts;
  readonly ifNotExists: boolean;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly query: Query;
  readonly withData: boolean;
}

export interface PartitionSpec {
  readonly values: Properties;
  readonly location?: string;
}

/** `CREATE [EXTERNAL] TABLE`, of columns or of a query. */
export function parseCreateTable(cursor: Cursor): CreateTable | CreateTableAs {
  const isExternal = cursor.accept('EXTERNAL');
  cursor.expect('TABLE');
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  const table = parseTableName(cursor).parts;
  if (!isExternal && !cursor.at('(')) return tableAs(cursor, table, ifNotExists);
  const columns = cursor.parenthesised(() => column(cursor));
  return { kind: 'create_table', table, isExternal, ifNotExists, columns, ...clauses(cursor) };
}

function tableAs(cursor: Cursor, table: Parts, ifNotExists: boolean): CreateTableAs {
  if (cursor.accept('COMMENT')) cursor.take();
  const properties = cursor.accept('WITH') ? parseQueryProperties(cursor) : {};
  cursor.expect('AS');
  const query = parseQuery(cursor);
  const withData = !cursor.accept('WITH', 'NO', 'DATA');
  if (withData) cursor.accept('WITH', 'DATA');
  return { kind: 'create_table_as', table, ifNotExists, properties, query, withData };
}

/** `(format = 'PARQUET', partitioned_by = ARRAY['day'])`, names in lower case. */
export function parseQueryProperties(cursor: Cursor): Readonly<Record<string, PropertyValue>> {
  const entries = cursor.parenthesised((): readonly [string, PropertyValue] => {
    const name = cursor.name().text.toLowerCase();
    cursor.expect('=');
    return [name, propertyValue(cursor)];
  });
  return Object.fromEntries(entries);
}

function propertyValue(cursor: Cursor): PropertyValue {
  if (!cursor.accept('ARRAY')) return cursor.take().value;
  cursor.expect('[');
  const values = cursor.at(']') ? [] : cursor.list(() => text(cursor));
  cursor.expect(']');
  return values;
}

type Clauses = Omit<CreateTable, 'kind' | 'table' | 'isExternal' | 'ifNotExists' | 'columns'>;

function clauses(cursor: Cursor): Clauses {
  let found: Clauses = { partitionColumns: [], partitionBy: [], serdeProperties: {}, properties: {} };
  for (let next = clause(cursor, found); next !== undefined; next = clause(cursor, found)) found = next;
  return found;
}

function clause(cursor: Cursor, found: Clauses): Clauses | undefined {
  if (cursor.accept('COMMENT')) return { ...found, comment: text(cursor) };
  if (cursor.accept('PARTITIONED', 'BY')) return { ...found, ...partitioning(cursor) };
  if (cursor.accept('ROW', 'FORMAT', 'SERDE')) return { ...found, serde: text(cursor) };
  if (cursor.accept('ROW', 'FORMAT', 'DELIMITED')) return delimited(cursor, found);
  if (cursor.accept('WITH', 'SERDEPROPERTIES')) {
    return { ...found, serdeProperties: { ...found.serdeProperties, ...parseProperties(cursor) } };
  }
  if (cursor.accept('STORED', 'AS')) return { ...found, storedAs: storedAs(cursor) };
  if (cursor.accept('LOCATION')) return { ...found, location: text(cursor) };
  if (cursor.accept('TBLPROPERTIES')) return { ...found, properties: parseProperties(cursor) };
  return undefined;
}

function storedAs(cursor: Cursor): string {
  if (!cursor.accept('INPUTFORMAT')) return cursor.name().text.toUpperCase();
  const format = text(cursor);
  cursor.expect('OUTPUTFORMAT');
  text(cursor);
  return format;
}

const DELIMITERS: readonly (readonly [clause: readonly string[], property: string])[] = [
  [['FIELDS', 'TERMINATED', 'BY'], 'field.delim'],
  [['ESCAPED', 'BY'], 'escape.delim'],
  [['COLLECTION', 'ITEMS', 'TERMINATED', 'BY'], 'collection.delim'],
  [['MAP', 'KEYS', 'TERMINATED', 'BY'], 'mapkey.delim'],
  [['LINES', 'TERMINATED', 'BY'], 'line.delim'],
  [['NULL', 'DEFINED', 'AS'], 'serialization.null.format'],
];

function delimited(cursor: Cursor, found: Clauses): Clauses {
  const properties: Record<string, string> = {};
  for (;;) {
    const entry = DELIMITERS.find(([words]) => cursor.accept(...words));
    if (entry === undefined) return { ...found, serdeProperties: { ...found.serdeProperties, ...properties } };
    properties[entry[1]] = unescaped(text(cursor));
  }
}

/** Hive's escapes of a delimiter: `\t`, `\001`. */
const unescaped = (written: string): string =>
  written
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n')
    .replaceAll(/\\(\d{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
    .replaceAll('\\\\', '\\');

function partitioning(cursor: Cursor): Pick<Clauses, 'partitionColumns' | 'partitionBy'> {
  const fields = cursor.parenthesised(() => {
    const name = cursor.name().text.toLowerCase();
    if (cursor.at(',') || cursor.at(')')) return { by: { column: name, transform: 'identity' } };
    if (cursor.accept('(')) return { by: transformOf(cursor, name) };
    return { column: { name, type: type(cursor), ...comment(cursor) } };
  });
  return {
    partitionColumns: fields.flatMap((field) => field.column ?? []),
    partitionBy: fields.flatMap((field) => field.by ?? []),
  };
}

/** `bucket(16, id)` and `truncate(10, name)` have a number before their column. */
function transformOf(cursor: Cursor, transform: string): PartitionTransform {
  const first = cursor.take();
  const column = cursor.accept(',') ? cursor.take() : first;
  cursor.expect(')');
  const width = column === first ? '' : `[${first.value}]`;
  return { column: column.value.toLowerCase(), transform: `${transform}${width}` };
}

const column = (cursor: Cursor): DeclaredColumn => ({
  name: cursor.name().text.toLowerCase(),
  type: type(cursor),
  ...comment(cursor),
});

const comment = (cursor: Cursor): { comment?: string } => (cursor.accept('COMMENT') ? { comment: text(cursor) } : {});

/** A type as it is written, up to what cannot belong to it. */
function type(cursor: Cursor): string {
  const start = cursor.peek().at;
  let [depth, end] = [0, start];
  while (cursor.peek().kind !== 'end') {
    const { value } = cursor.peek();
    if (depth === 0 && [',', ')', 'COMMENT'].includes(value)) break;
    if (value === '<' || value === '(') depth += 1;
    if (value === '>' || value === ')') depth -= 1;
    end = cursor.take().end;
  }
  if (end === start) throw cursor.mismatch('<type>');
  return cursor.sql.slice(start, end).toLowerCase();
}

/** `('key' = 'value', …)` */
export function parseProperties(cursor: Cursor): Properties {
  const entries = cursor.parenthesised((): readonly [string, string] => {
    const name = text(cursor);
    cursor.expect('=');
    return [name, text(cursor)];
  });
  return Object.fromEntries(entries);
}

/** One or more of `PARTITION (day = '2024-01-01', hour = 7) [LOCATION '…']`. */
export function parsePartitions(cursor: Cursor): readonly PartitionSpec[] {
  const specs: PartitionSpec[] = [];
  do {
    cursor.expect('PARTITION');
    const values = cursor.parenthesised((): readonly [string, string] => {
      const name = cursor.name().text.toLowerCase();
      cursor.expect('=');
      return [name, cursor.take().value];
    });
    const location = cursor.accept('LOCATION') ? { location: text(cursor) } : {};
    specs.push({ values: Object.fromEntries(values), ...location });
    cursor.accept(',');
  } while (cursor.at('PARTITION'));
  return specs;
}

/** A string in quotes of either kind, as Hive has them. */
export function text(cursor: Cursor): string {
  if (cursor.peek().kind !== 'string' && cursor.peek().kind !== 'quoted') throw cursor.mismatch('<string>');
  return cursor.take().value;
}
