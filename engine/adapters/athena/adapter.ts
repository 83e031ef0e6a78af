import { TributaryError } from '../../../common/errors.ts';
import { type DataFile, dataFiles, s3FileIo, type Table } from '../../iceberg/index.ts';
import type { InputTable, NewFile, QueryRequest, WriteRequest } from '../adapter.ts';
import { contentOf, EMPTY_CONTENT } from '../content.ts';
import { requireDeclaredColumns } from '../duckdb/result-columns.ts';
import type { RemoteAdapter } from '../remote.ts';
import { type ExecutionOptions, QueryExecutions } from './executions.ts';
import { identifier, literal, partitionKey, rowHash } from './keys.ts';
import { readColumns, readRows, resultColumn } from './results.ts';
import { endless, nested, rewrite, tablesOf } from './rewrite.ts';
import { Staging, type StagingOptions } from './staging.ts';
import { parseToken, writeToken } from './token.ts';

export interface AthenaAdapterOptions extends ExecutionOptions, StagingOptions {
  /** What an earlier call of the same build had started: the token of its `StillRunning`. */
  readonly token?: string;
}

/** Partitions that Athena writes to in one statement. */
const MAX_PARTITIONS = 100;
const TOO_MANY_PARTITIONS = /TOO_MANY_OPEN_PARTITIONS/;

/**
 * Runs models in Athena. It reads exactly the files of the request, through tables that last for the build, and inserts
 * into a table of its own whose files then belong to nobody until they are published. Throws what `QueryExecutions`
 * throws, `schema_mismatch`, `object_missing` and `engine_unsupported`.
 */
export function athenaAdapter(options: AthenaAdapterOptions): RemoteAdapter {
  const before = parseToken(options.token);
  const staging = new Staging(options, before.staged);
  const token = (): string => writeToken({ queries: executions.started, staged: staging.staged });
  const executions: QueryExecutions = new QueryExecutions(options, before.queries, token);
  const context = { options, executions, staging };
  return {
    engine: 'athena',
    async query(request) {
      const sql = await stagedSql(staging, request);
      return readRows(options.athena, await executions.run(sql));
    },
    write: (request) => write(context, request),
    async close() {
      await executions.stop();
      await staging.clear();
    },
  };
}

interface Context {
  readonly options: AthenaAdapterOptions;
  readonly executions: QueryExecutions;
  readonly staging: Staging;
}

/** The request's SELECT over staged tables, on its logical date. */
async function stagedSql(staging: Staging, { sql, inputs, asOf }: QueryRequest): Promise<string> {
  const wanted = tablesOf(sql);
  const names = new Map<string, string>();
  for (const input of inputs) {
    if (!wanted.has(input.name)) continue;
    requireReadable(input);
    names.set(input.name, await staging.input(input));
  }
  return endless(rewrite(sql, names, asOf));
}

function requireReadable({ name, filePosition }: InputTable): void {
  if (filePosition === undefined) return;
  throw new TributaryError({
    code: 'engine_unsupported',
    message: 'Athena does not tell the position of the file that a row is in',
    where: name,
  });
}

async function write(context: Context, request: WriteRequest): Promise<readonly NewFile[]> {
  const { executions, staging, options } = context;
  const sql = await stagedSql(staging, request);
  const described = await executions.run(`select * from ${nested(sql)} limit 0`);
  const columns = await readColumns(options.athena, described);
  requireDeclaredColumns(
    columns.map((column) => resultColumn(column, request.columns)),
    request.columns,
  );
  const target = await staging.target(request, 'out');
  await insert(context, request, sql, target);
  const written = await staging.reload(target);
  const files = (await dataFiles(s3FileIo(options.s3), written)).filter(({ rows }) => rows > 0);
  for (const { path } of files) staging.adopt(path);
  return withContents(context, request, written, files);
}

/** At once where the partitions are few; else the rows are kept first and then inserted from there in batches. */
async function insert(context: Context, request: WriteRequest, sql: string, target: Table): Promise<void> {
  const { executions, staging } = context;
  try {
    await executions.run(insertion(target, request, nested(sql)), identityOf(target));
    return;
  } catch (error) {
    const isTooWide = error instanceof TributaryError && TOO_MANY_PARTITIONS.test(error.message);
    if (!isTooWide) throw error;
  }
  const rows = await staging.target(request, 'rows');
  await executions.run(insertion(rows, request, nested(sql)), identityOf(rows));
  const key = partitionKey(request.partitionBy);
  const listed = await executions.run(`select distinct ${key} as partition_key from ${nameOf(rows)} order by 1`);
  const keys = (await readRows(context.options.athena, listed)).map(({ partition_key: value }) => String(value));
  for (let start = 0; start < keys.length; start += MAX_PARTITIONS) {
    const values = keys
      .slice(start, start + MAX_PARTITIONS)
      .map(literal)
      .join(', ');
    const batch = `(select * from ${nameOf(rows)} where ${key} in (${values}))`;
    await executions.run(insertion(target, request, batch), identityOf(target));
  }
}

function insertion(target: Table, { columns }: WriteRequest, relation: string): string {
  const casts = columns.map(({ name, type }) => `cast(${identifier(name)} as ${type}) as ${identifier(name)}`);
  return `insert into ${nameOf(target)}\nselect ${casts.join(', ')}\nfrom ${relation}`;
}

/** A table that was made anew is another, although its name is the same. */
const identityOf = ({ metadata }: Table): string => metadata['table-uuid'];

const nameOf = ({ entry }: Table): string => `${identifier(entry.database)}.${identifier(entry.table)}`;

/** Files with the hash of their rows. */
async function withContents(
  { executions, options }: Context,
  request: WriteRequest,
  table: Table,
  files: readonly DataFile[],
): Promise<readonly NewFile[]> {
  if (files.length === 0) return [];
  const total = `cast(sum(cast(${rowHash(request)} as decimal(38, 0))) as varchar)`;
  const sql = `select "$path" as path, count(*) as row_count, ${total} as total from ${nameOf(table)} group by 1`;
  const rows = await readRows(options.athena, await executions.run(sql, identityOf(table)));
  const contents = new Map(
    rows.map((row) => [String(row.path), contentOf(Number(row.row_count), BigInt(String(row.total)))]),
  );
  return files.map((file) => ({ ...file, content: contents.get(file.path) ?? EMPTY_CONTENT }));
}
