import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AthenaClient,
  type ColumnInfo,
  type Datum,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { athena } from '../../common/aws.ts';
import { asError, TributaryError } from '../../common/errors.ts';

export type Value = string | number | boolean | null;
export type Row = readonly Value[];

export interface ResultColumn {
  readonly name: string;
  /** Athena's name of the type, without arguments: varchar, bigint, decimal … */
  readonly type: string;
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Pages of up to 1,000 rows, fetched as they are read. */
  readonly pages: AsyncIterable<readonly Row[]>;
}

export interface QueryOptions {
  readonly workgroup: string;
  readonly client?: Pick<AthenaClient, 'send'>;
  /** Stops the query in Athena as well. */
  readonly signal?: AbortSignal;
}

const FIRST_POLL_MS = 25;
const LONGEST_POLL_MS = 1_000;

/** Runs one statement through the Athena API. Throws `query_failed` with Athena's own message. */
export async function runQuery(sql: string, options: QueryOptions): Promise<QueryResult> {
  const client = options.client ?? athena();
  const id = await start(client, sql, options.workgroup);
  const stop = () => client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
  await finished(client, id, stop, options.signal);
  const first = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1_000 }));
  const columns = (first.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(resultColumn);
  return { columns, pages: resultPages(client, id, columns, first) };
}

/** All rows of a statement as objects by column name; for results that are known to be small. */
export async function queryRows(sql: string, options: QueryOptions): Promise<Record<string, Value>[]> {
  const { columns, pages } = await runQuery(sql, options);
  const rows: Record<string, Value>[] = [];
  for await (const page of pages) {
    for (const row of page) rows.push(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
  }
  return rows;
}

async function start(client: Pick<AthenaClient, 'send'>, sql: string, workgroup: string): Promise<string> {
  try {
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({ QueryString: sql, WorkGroup: workgroup }),
    );
    return QueryExecutionId ?? '';
  } catch (thrown) {
    // Athena refuses some nonsense here, and the rest only when it runs: both read alike.
    if (asError(thrown).name === 'InvalidRequestException') throw queryFailed(asError(thrown).message, thrown);
    throw thrown;
  }
}

async function finished(
  client: Pick<AthenaClient, 'send'>,
  id: string,
  stop: () => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const { QueryExecution: execution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    if (isOver(execution)) return;
    try {
      await sleep(pause, undefined, { signal });
    } catch (thrown) {
      await stop();
      throw new TributaryError({ code: 'query_stopped', message: 'the query was stopped', where: id, cause: thrown });
    }
  }
}

/** True when the result is there, false while the query runs. */
function isOver(execution: QueryExecution | undefined): boolean {
  switch (execution?.Status?.State) {
    case 'SUCCEEDED':
      return true;
    case 'FAILED':
    case 'CANCELLED':
      throw queryFailed(execution.Status.StateChangeReason ?? `the query ended as ${execution.Status.State}`);
    default:
      return false;
  }
}

const queryFailed = (message: string, cause?: unknown) => new TributaryError({ code: 'query_failed', message, cause });

type Results = Pick<Awaited<ReturnType<typeof fetchPage>>, 'ResultSet' | 'NextToken'>;

const fetchPage = (client: Pick<AthenaClient, 'send'>, id: string, token: string | undefined) =>
  client.send(new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: 1_000, NextToken: token }));

async function* resultPages(
  client: Pick<AthenaClient, 'send'>,
  id: string,
  columns: readonly ResultColumn[],
  first: Results,
): AsyncGenerator<readonly Row[]> {
  const rowsOf = ({ ResultSet }: Results) => (ResultSet?.Rows ?? []).map(({ Data }) => Data ?? []);
  const firstRows = rowsOf(first);
  yield toRows(isHeader(firstRows[0], columns) ? firstRows.slice(1) : firstRows, columns);
  for (let token = first.NextToken; token; ) {
    const page = await fetchPage(client, id, token);
    yield toRows(rowsOf(page), columns);
    token = page.NextToken;
  }
}

/** The first row of a SELECT's first page repeats the column names; that of a SHOW or DESCRIBE does not. */
function isHeader(row: readonly Datum[] | undefined, columns: readonly ResultColumn[]): boolean {
  return row !== undefined && columns.every(({ name }, i) => row[i]?.VarCharValue === name);
}

const resultColumn = ({ Name, Type }: ColumnInfo): ResultColumn => ({ name: Name ?? '', type: Type ?? 'varchar' });

const toRows = (rows: readonly (readonly Datum[])[], columns: readonly ResultColumn[]): Row[] =>
  rows.map((row) => columns.map(({ type }, i) => toValue(row[i]?.VarCharValue, type)));

/**
 * Athena sends text only. Numbers that a double holds exactly become numbers; decimals and larger integers stay
 * text, so that no cent is lost.
 */
function toValue(text: string | undefined, type: string): Value {
  if (text === undefined) return null;
  switch (type) {
    case 'boolean':
      return text === 'true';
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'float':
    case 'real':
    case 'double':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      return text;
  }
}
