import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  InvalidRequestException,
  type QueryExecutionState,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { queryRows, runQuery } from '../../../cli/query/athena.ts';
import { type Format, formatted } from '../../../cli/query/format.ts';

const athena = mockClient(AthenaClient);
const options = { workgroup: 'tributary', client: new AthenaClient({ region: 'us-east-1' }) };

const columns = [
  { Name: 'store', Type: 'varchar' },
  { Name: 'lines', Type: 'bigint' },
  { Name: 'revenue', Type: 'decimal' },
];
const row = (...values: (string | null)[]) => ({
  Data: values.map((value) => (value === null ? {} : { VarCharValue: value })),
});

function givenState(...states: QueryExecutionState[]): void {
  athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q1' });
  const executions = athena.on(GetQueryExecutionCommand);
  for (const State of states.slice(0, -1)) executions.resolvesOnce({ QueryExecution: { Status: { State } } });
  executions.resolves({
    QueryExecution: {
      Status: { State: states.at(-1), StateChangeReason: 'line 1:8: Column nonsense cannot be resolved' },
    },
  });
}

/** Two pages; the first begins with the column names, as Athena sends them. */
function givenPages(): void {
  givenState('QUEUED', 'RUNNING', 'SUCCEEDED');
  const metadata = { ResultSetMetadata: { ColumnInfo: columns } };
  athena
    .on(GetQueryResultsCommand)
    .resolves({ ResultSet: { ...metadata, Rows: [row('31, "The Mall"', null, '0.10')] } })
    .on(GetQueryResultsCommand, { NextToken: undefined })
    .resolves({
      ResultSet: {
        ...metadata,
        Rows: [
          row('store', 'lines', 'revenue'),
          row('2', '9007199254740993', '12345678901234567.89'),
          row('', '7', '1.50'),
        ],
      },
      NextToken: 'page 2',
    });
}

async function text(format: Format): Promise<string> {
  let whole = '';
  for await (const piece of formatted(await runQuery('select …', options), format)) whole += piece;
  return whole;
}

beforeEach(() => athena.reset());

describe('a query', () => {
  it('reads all pages, without the header row, and loses no digit', async () => {
    givenPages();
    expect(await queryRows('select …', options)).toEqual([
      { store: '2', lines: '9007199254740993', revenue: '12345678901234567.89' },
      { store: '', lines: 7, revenue: '1.50' },
      { store: '31, "The Mall"', lines: null, revenue: '0.10' },
    ]);
  });

  it('keeps a first row that is no header, as SHOW gives', async () => {
    givenState('SUCCEEDED');
    athena.on(GetQueryResultsCommand).resolves({
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: [{ Name: 'tab_name', Type: 'string' }] },
        Rows: [row('fact_sale')],
      },
    });
    expect(await queryRows('show tables', options)).toEqual([{ tab_name: 'fact_sale' }]);
  });

  it('fails with Athena’s own message when it runs', async () => {
    givenState('RUNNING', 'FAILED');
    await expect(runQuery('select nonsense', options)).rejects.toMatchObject({
      code: 'query_failed',
      message: 'line 1:8: Column nonsense cannot be resolved',
    });
  });

  it('fails with Athena’s own message when it is refused at once', async () => {
    const refusal = new InvalidRequestException({ message: 'line 1:1: mismatched input', $metadata: {} });
    athena.on(StartQueryExecutionCommand).rejects(refusal);
    await expect(runQuery('selec', options)).rejects.toMatchObject({ code: 'query_failed', message: refusal.message });
  });

  it('is stopped in Athena when the caller gives up', async () => {
    givenState('RUNNING');
    const abort = new AbortController();
    const running = runQuery('select …', { ...options, signal: abort.signal });
    setTimeout(() => abort.abort(), 30);
    await expect(running).rejects.toMatchObject({ code: 'query_stopped' });
    expect(athena.commandCalls(StopQueryExecutionCommand)[0]?.args[0].input).toEqual({ QueryExecutionId: 'q1' });
  });
});

describe('formats', () => {
  beforeEach(givenPages);

  it('lay out a table with numbers to the right', async () => {
    expect(await text('table')).toBe(
      [
        'store                      lines               revenue',
        '──────────────  ────────────────  ────────────────────',
        '2               9007199254740993  12345678901234567.89',
        '                               7                  1.50',
        '31, "The Mall"                                    0.10',
        '(3 rows)',
        '',
      ].join('\n'),
    );
  });

  it('write JSON that parses, numbers where they are exact', async () => {
    expect(JSON.parse(await text('json'))).toEqual([
      { store: '2', lines: '9007199254740993', revenue: '12345678901234567.89' },
      { store: '', lines: 7, revenue: '1.50' },
      { store: '31, "The Mall"', lines: null, revenue: '0.10' },
    ]);
  });

  it('write CSV that tells null from an empty text', async () => {
    expect(await text('csv')).toBe(
      'store,lines,revenue\n2,9007199254740993,12345678901234567.89\n"",7,1.50\n"31, ""The Mall""",,0.10\n',
    );
  });
});
