import type { Column, MergeBy, PartitionBy, PartitionSource } from '../model.ts';
import { parseType } from '../sql-type.ts';
import { compileError } from './errors.ts';
import type { Header, HeaderPath } from './header.ts';
import { nearest } from './nearest.ts';
import type { TableIndex, TableKeys } from './resolve.ts';

/** How a table is kept up to date, as its header says. */
export interface Upkeep {
  readonly partitionsFrom: readonly PartitionSource[];
  readonly merge: MergeBy | undefined;
}

/** Reads what the header says on its kind. Throws `header_invalid` or `unknown_column` at the line that is wrong. */
export function parseUpkeep(header: Header): Upkeep {
  const { fields } = header;
  const foreign = PROPERTIES.find(
    ({ name, kind }) =>
      fields.kind !== kind && isGiven(fields[name]) && !(name === 'lookback' && fields.lookback === 0),
  );
  if (foreign !== undefined) {
    throw invalid(header, [foreign.name], `${foreign.name} belongs to models of kind ${foreign.kind}`);
  }
  switch (fields.kind) {
    case 'partitioned':
      return { partitionsFrom: parsePartitioned(header), merge: undefined };
    case 'merge':
      return { partitionsFrom: [], merge: parseMerge(header) };
    default:
      return { partitionsFrom: [], merge: undefined };
  }
}

const PROPERTIES = [
  { name: 'partitions_from', kind: 'partitioned' },
  { name: 'lookback', kind: 'partitioned' },
  { name: 'local_because', kind: 'partitioned' },
  { name: 'key', kind: 'merge' },
  { name: 'version', kind: 'merge' },
  { name: 'tombstone', kind: 'merge' },
] as const;

const isGiven = (value: unknown): boolean =>
  value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function parsePartitioned(header: Header): readonly PartitionSource[] {
  const { partition_by: partitionBy, partitions_from: from, lookback = 0, columns } = header.fields;
  const [by, second] = partitionBy;
  if (by === undefined || second !== undefined || by.transform === 'identity') {
    throw invalid(header, ['partition_by'], 'a partitioned model has one partition column, by day or by month');
  }
  requireMoment(header, columns, by.column, ['partition_by', 0]);
  const sources = Object.entries(from).map(([table, entry]) =>
    typeof entry === 'string'
      ? { table, column: entry, lookback, key: [] }
      : { table, column: entry.column, lookback: entry.lookback ?? lookback, key: entry.key ?? [] },
  );
  if (sources.length > 0) return sources;
  throw invalid(
    header,
    ['kind'],
    'a partitioned model says from which inputs its partitions come',
    'Add partitions_from: {bronze.sales: sold_at}, or use kind: table.',
  );
}

function parseMerge(header: Header): MergeBy {
  const { key, version, tombstone, columns, partition_by: partitionBy, checks } = header.fields;
  if (key === undefined) throw invalid(header, ['kind'], 'a merged model has a key', 'Add key: [<column>, …].');
  if (version === undefined) {
    throw invalid(header, ['kind'], 'a merged model says which of two rows is later', 'Add version: [<column>, …].');
  }
  for (const [index, name] of key.entries()) requireColumn(header, columns, name, ['key', index]);
  for (const [index, name] of version.entries()) requireColumn(header, columns, name, ['version', index]);
  if (tombstone !== undefined) requireTombstone(header, tombstone);
  partitionBy.forEach(({ column }, index) => {
    if (key.includes(column)) return;
    throw invalid(
      header,
      ['partition_by', index],
      `a later version of a row could lie in another partition: ${column} is not part of the key`,
      'Partition by columns of the key, or use kind: partitioned, which finds rows that move.',
    );
  });
  const aside = [...columns.flatMap((column) => column.checks), ...checks].find(
    (check) => typeof check === 'object' && Object.values(check).some(isQuarantine),
  );
  if (aside === undefined) return { key, version, tombstone };
  throw invalid(
    header,
    ['kind'],
    'a check of a merged model cannot set rows aside: their older versions would come back',
    'Use abort or warn, or leave such rows out by a condition in the SELECT.',
  );
}

const isQuarantine = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'action' in body && body.action === 'quarantine';

function requireTombstone(header: Header, name: string): void {
  const column = requireColumn(header, header.fields.columns, name, ['tombstone']);
  if (column.type !== 'boolean') throw invalid(header, ['tombstone'], `${name} is ${column.type}, not boolean`);
}

type NamedType = Pick<Column, 'name' | 'type'>;

function requireColumn(header: Header, columns: readonly NamedType[], name: string, path: HeaderPath): NamedType {
  const column = columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const like = nearest(
    name,
    columns.map((candidate) => candidate.name),
  );
  const advice = like === undefined ? undefined : `Did you mean "${like}"?`;
  throw compileError('unknown_column', header.placeOf(path), `there is no column "${name}"`, advice);
}

/** Days and months are those of a date or of a timestamp in UTC. */
function requireMoment(header: Header, columns: readonly NamedType[], name: string, path: HeaderPath): void {
  const { type } = requireColumn(header, columns, name, path);
  const parsed = parseType(type);
  if (parsed.kind === 'date' || (parsed.kind === 'timestamp' && !parsed.withTimeZone)) return;
  throw invalid(header, path, `${name} is ${type}, which has no day: partitions come from a date or a timestamp`);
}

/** What else there is, to judge a model's inputs. */
export interface InputIndex {
  readonly tables: TableIndex;
  readonly keys: TableKeys;
  /** Partitioning by model; what is not among these is a source. */
  readonly partitionings: ReadonlyMap<string, readonly PartitionBy[]>;
}

/** Compares what a header says of its inputs with what they are. Throws at the line that is wrong. */
export function checkInputs(
  header: Header,
  { partitionsFrom, merge }: Upkeep,
  inputs: readonly string[],
  { tables, partitionings }: InputIndex,
): void {
  for (const { table, column, key } of partitionsFrom) {
    const path = ['partitions_from', table];
    if (!inputs.includes(table)) throw invalid(header, path, `the SELECT does not read ${table}`);
    const columns = tables.get(table) ?? [];
    requireMoment(header, columns, column, path);
    for (const name of key) requireColumn(header, columns, name, path);
    const partitioning = partitionings.get(table);
    if (partitioning === undefined) continue;
    requirePartitioning(header, path, { table, column, partitioning });
    if (key.length > 0) {
      throw invalid(header, path, `rows of ${table} cannot be followed by key: only those of sources can`);
    }
  }
  if (merge === undefined || inputs.some((table) => !partitionings.has(table))) return;
  throw invalid(
    header,
    ['kind'],
    'a merged model reads new rows of sources, and this one reads none',
    'Use kind: table or kind: partitioned.',
  );
}

function requirePartitioning(
  header: Header,
  path: HeaderPath,
  input: { readonly table: string; readonly column: string; readonly partitioning: readonly PartitionBy[] },
): void {
  const [by, second] = input.partitioning;
  if (by?.column === input.column && by.transform !== 'identity' && second === undefined) return;
  throw invalid(
    header,
    path,
    `${input.table} is not partitioned by the day or month of ${input.column}: which of its rows changed cannot be told`,
    'Partition it so, or leave it out: then any change of it rebuilds this model wholly.',
  );
}

const invalid = (header: Header, path: HeaderPath, message: string, advice?: string) =>
  compileError('header_invalid', header.placeOf(path), message, advice);
