import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena';
import { athena } from '../../../common/aws.ts';

export type Started = Omit<StartQueryExecutionCommandInput, 'QueryString'>;

/** Starts a statement and waits for its end, whatever that is. */
export async function execute(sql: string, options: Started): Promise<QueryExecution> {
  const { QueryExecutionId } = await athena().send(new StartQueryExecutionCommand({ QueryString: sql, ...options }));
  return ended(QueryExecutionId);
}

export async function ended(QueryExecutionId: string | undefined): Promise<QueryExecution> {
  for (;;) {
    const { QueryExecution } = await athena().send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const state = QueryExecution?.Status?.State;
    if (QueryExecution !== undefined && state !== 'QUEUED' && state !== 'RUNNING') return QueryExecution;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Rows of a statement that succeeds, the header left out for queries. */
export async function rowsOf(sql: string, options: Started): Promise<(string | null)[][]> {
  const { QueryExecutionId, Status, StatementType } = await execute(sql, options);
  if (Status?.State !== 'SUCCEEDED') throw new Error(`${sql}: ${Status?.StateChangeReason}`);
  const { ResultSet } = await athena().send(new GetQueryResultsCommand({ QueryExecutionId }));
  const rows = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));
  return StatementType === 'DML' ? rows.slice(1) : rows;
}

/** Why a statement failed. */
export async function reasonOf(sql: string, options: Started): Promise<string | undefined> {
  return (await execute(sql, options)).Status?.StateChangeReason;
}
