import { GetQueryResultsCommand } from '@aws-sdk/client-athena';
import { athena } from '../../../common/aws.ts';
import { execute, type Started } from '../../integration/athena/client.ts';

/** What a statement gave through Athena's API; types are Athena's bare words: `decimal`, `array`. */
export interface AthenaResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Asks our own Athena endpoint, as this process's environment names it. Throws with the reason of a failure. */
export async function askAthena(sql: string, options: Started): Promise<AthenaResult> {
  const { QueryExecutionId, Status, StatementType } = await execute(sql, options);
  if (Status?.State !== 'SUCCEEDED') throw new Error(Status?.StateChangeReason);
  const rows: (string | null)[][] = [];
  let columns: AthenaResult['columns'] = [];
  let NextToken: string | undefined;
  do {
    const page = await athena().send(new GetQueryResultsCommand({ QueryExecutionId, NextToken }));
    const info = page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
    columns = info.map(({ Name = '', Type = '' }) => ({ name: Name, type: Type }));
    rows.push(
      ...(page.ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null)),
    );
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return { columns, rows: StatementType === 'DML' ? rows.slice(1) : rows };
}
