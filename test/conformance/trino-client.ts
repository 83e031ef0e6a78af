import { setTimeout as sleep } from 'node:timers/promises';
import { parseExactJson } from '../../engine/iceberg/exact-json.ts';

/** What one statement gave; rows hold JSON values, decimals, dates and timestamps as text, large integers as bigints. */
export interface TrinoResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that were read from tables, after whole files were skipped. */
  readonly processedRows: number;
}

/** The parts of Trino's client protocol that matter here. */
interface StatementAnswer {
  readonly nextUri?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly data?: readonly (readonly unknown[])[];
  readonly stats: { readonly processedRows: number };
  readonly error?: { readonly errorName: string; readonly message: string };
}

const BUSY = 503;

/** Runs one statement over HTTP and collects its result. Throws with Trino's error name and message. */
export async function runStatement(url: string, catalog: string, sql: string): Promise<TrinoResult> {
  const headers = {
    'X-Trino-User': 'conformance',
    'X-Trino-Catalog': catalog,
    'X-Trino-Time-Zone': 'UTC',
    // Without it timestamps come with milliseconds only.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
  };
  let answer = await ask(`${url}/v1/statement`, { method: 'POST', headers, body: sql });
  let columns: TrinoResult['columns'] = [];
  const rows: (readonly unknown[])[] = [];
  for (;;) {
    if (answer.error !== undefined) throw new Error(`${answer.error.errorName}: ${answer.error.message}`);
    columns = answer.columns ?? columns;
    rows.push(...(answer.data ?? []));
    if (answer.nextUri === undefined) return { columns, rows, processedRows: answer.stats.processedRows };
    answer = await ask(answer.nextUri, { headers });
  }
}

async function ask(url: string, init: RequestInit): Promise<StatementAnswer> {
  const response = await fetch(url, init);
  if (response.status === BUSY) {
    await sleep(100);
    return ask(url, init);
  }
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return parseExactJson(await response.text()) as StatementAnswer;
}
