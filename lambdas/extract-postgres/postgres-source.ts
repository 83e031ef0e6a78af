import { TributaryError } from '../../common/errors.ts';
import type { Contract } from '../../events/contracts/contract.ts';
import type { PostgresExtraction } from '../../events/extract/extraction.ts';
import {
  type PostgresPosition,
  parsePosition,
  type Selection,
  selectChanges,
  tableName,
} from '../../events/extract/postgres/query.ts';
import {
  type ArrayType,
  canBeVersion,
  type Encode,
  encoderOf,
  versionOfText,
} from '../../events/extract/postgres/types.ts';
import type { PulledBatch, PulledRecord, PullSource } from '../../events/extract/pull.ts';
import { type Moment, momentOf, namesOf, nowMoment } from '../../events/extract/version.ts';
import { SnapshotConnection, type TextResult, type TextRow } from './connection.ts';

export interface PostgresSourceProps {
  readonly extraction: PostgresExtraction;
  readonly contract: Contract;
  /** Text of the secret. */
  readonly secret: string;
}

/** The rows of a table that have changed, from one consistent snapshot, in the order of version and key. */
export function postgresSource({ extraction, contract, secret }: PostgresSourceProps): PullSource {
  const connection = new SnapshotConnection(extraction, secret);
  return {
    isIncremental: true,
    now: async () => {
      await connection.open();
      // Before the snapshot: who is not among the writers any more is in it then.
      const moment = await beginOfOldestWriter(connection);
      await connection.begin();
      return moment;
    },
    read: (from, position) => readRows(connection, extraction, contract, from, parsePosition(position)),
    close: () => connection.close(),
  };
}

/**
 * Now, or the time at which the oldest transaction began that is still writing and that this user may see: what it
 * writes may carry that time, and appears only when it commits.
 */
async function beginOfOldestWriter(connection: SnapshotConnection): Promise<Moment> {
  const { rows } = await connection.query(`
    select to_char(least(min(xact_start), now()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    from pg_catalog.pg_stat_activity
    where backend_xid is not null and datname = current_database()`);
  return momentOf(rows[0]?.[0]) ?? nowMoment();
}

async function* readRows(
  connection: SnapshotConnection,
  extraction: PostgresExtraction,
  contract: Contract,
  from: Moment | null,
  position: PostgresPosition | undefined,
): AsyncGenerator<PulledBatch> {
  const table = await describeTable(connection, extraction, contract);
  const { text, values } = selectChanges(table.selection, from, position);
  await connection.query(`declare tributary_pull no scroll cursor for ${text}`, values);
  const batch = new BatchSize(extraction.batchRows);
  for (;;) {
    const { rows } = await connection.query(`fetch forward ${batch.rows} from tributary_pull`);
    const last = rows.at(-1);
    if (last === undefined) return;
    const records = rows.map((row) => table.record(row));
    batch.adapt(records);
    yield { records, position: table.positionOf(last) };
  }
}

/** A batch as large as memory likes it: rows may be of some bytes or of some megabytes. */
class BatchSize {
  static readonly #FIRST_ROWS = 50;
  static readonly #CHARACTERS = 4 * 1024 ** 2;
  readonly #most: number;
  rows: number;

  constructor(most: number) {
    this.#most = most;
    this.rows = Math.min(most, BatchSize.#FIRST_ROWS);
  }

  adapt(records: readonly PulledRecord[]): void {
    const widest = records.reduce((width, { line }) => Math.max(width, line.length), 1);
    this.rows = Math.max(1, Math.min(this.#most, Math.floor(BatchSize.#CHARACTERS / widest)));
  }
}

interface Table {
  readonly selection: Selection;
  record(row: TextRow): PulledRecord;
  /** Null where the row has no version: a pull cannot go on after it. */
  positionOf(row: TextRow): PostgresPosition | null;
}

/** Finds the table's columns and what becomes of their values. */
async function describeTable(
  connection: SnapshotConnection,
  extraction: PostgresExtraction,
  contract: Contract,
): Promise<Table> {
  const { fields: all } = await connection.query(`select * from ${tableName(extraction)} limit 0`);
  const existing = all.map(({ name }) => name);
  const versionColumn = columnOf(extraction, contract, contract.versionColumn, existing, extraction.versionColumn);
  const keyColumns =
    extraction.keyColumns ?? contract.key.map((field) => columnOf(extraction, contract, field, existing));
  const wanted = extraction.columns ?? existing;
  for (const name of [...keyColumns, ...wanted]) requireColumn(extraction, name, existing);
  const columns = [...new Set([...wanted, versionColumn, ...keyColumns])];
  const selection = { schema: extraction.schema, table: extraction.table, columns, versionColumn, keyColumns };

  const fields = columns.flatMap((name) => all.find((field) => field.name === name) ?? []);
  const arrays = await arrayTypes(connection, fields);
  const writers = fields.map(({ name, dataTypeID }) => ({
    prefix: `${JSON.stringify(extraction.rename[name] ?? name)}:`,
    encode: encoderOf(dataTypeID, arrays),
  }));
  const versionAt = columns.indexOf(versionColumn);
  if (!canBeVersion(fields[versionAt]?.dataTypeID ?? 0)) {
    throw failure('version_not_a_time', `the column ${versionColumn} is neither a timestamp nor a date`, extraction);
  }
  const keysAt = keyColumns.map((name) => columns.indexOf(name));
  return {
    selection,
    record: (row) => ({ line: lineOf(row, writers), version: versionOfText(row[versionAt] ?? null) }),
    positionOf: (row) => {
      const version = row[versionAt] ?? null;
      return version === null ? null : { version, keys: keysAt.map((at) => row[at] ?? null) };
    },
  };
}

function lineOf(row: TextRow, writers: readonly { readonly prefix: string; readonly encode: Encode }[]): string {
  const parts: string[] = [];
  writers.forEach(({ prefix, encode }, at) => {
    const value = row[at] ?? null;
    parts.push(value === null ? `${prefix}null` : prefix + encode(value));
  });
  return `{${parts.join(',')}}`;
}

async function arrayTypes(
  connection: SnapshotConnection,
  fields: TextResult['fields'],
): Promise<ReadonlyMap<number, ArrayType>> {
  const { rows } = await connection.query(
    `select oid, typelem, typdelim from pg_catalog.pg_type where oid = any($1::oid[]) and typcategory = 'A'`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  return new Map(
    rows.map(([oid, elementOid, delimiter]) => [
      Number(oid),
      { oid: Number(oid), elementOid: Number(elementOid), delimiter: delimiter ?? ',' },
    ]),
  );
}

/** The column that a contract's field comes from: the one that is given, or that is renamed to it, or the first of its names. */
function columnOf(
  extraction: PostgresExtraction,
  contract: Contract,
  field: string,
  existing: readonly string[],
  given?: string,
): string {
  const renamed = Object.entries(extraction.rename).flatMap(([column, to]) => (to === field ? [column] : []));
  const candidates = given === undefined ? [...renamed, ...namesOf(contract, field)] : [given];
  const found = candidates.find((name) => existing.includes(name));
  if (found !== undefined) return found;
  throw failure('column_not_found', `the table has no column ${candidates.join(' or ')}`, extraction);
}

function requireColumn(extraction: PostgresExtraction, name: string, existing: readonly string[]): void {
  if (!existing.includes(name)) throw failure('column_not_found', `the table has no column ${name}`, extraction);
}

const failure = (code: string, message: string, { name, schema, table }: PostgresExtraction) =>
  new TributaryError({
    code,
    message,
    where: `${name}: ${schema}.${table}`,
    advice: 'change the extraction in infra/environments.ts and deploy',
  });
