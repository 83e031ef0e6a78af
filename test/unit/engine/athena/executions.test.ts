import {
  AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecutionStatus,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { StillRunning } from '../../../../engine/adapters/adapter.ts';
import { QueryExecutions } from '../../../../engine/adapters/athena/executions.ts';

const athena = new AthenaClient({ region: 'us-east-1' });
const service = mockClient(athena);
/** What becomes of each execution, in the order of their start; those beyond run. */
let fates: QueryExecutionStatus[];
let remembered: string[];

const BROKEN: QueryExecutionStatus = {
  State: 'FAILED',
  StateChangeReason: 'a node was lost',
  AthenaError: { Retryable: true },
};
const WRONG: QueryExecutionStatus = { ...BROKEN, AthenaError: { Retryable: false } };

beforeEach(() => {
  fates = [];
  remembered = [];
  let started = 0;
  service.reset();
  service.on(StartQueryExecutionCommand).callsFake(() => ({ QueryExecutionId: String(started++) }));
  service.on(StopQueryExecutionCommand).resolves({});
  service.on(GetQueryExecutionCommand).callsFake(({ QueryExecutionId }) => ({
    QueryExecution: { QueryExecutionId, Status: fates[Number(QueryExecutionId)] ?? { State: 'RUNNING' } },
  }));
});

function executions(started: Readonly<Record<string, string>> = {}): QueryExecutions {
  const remember = async (token: string): Promise<void> => void remembered.push(token);
  const options = { athena, workGroup: 'builds', queryTimeoutMs: 60_000, deadline: new Date(0), remember };
  const made: QueryExecutions = new QueryExecutions(options, started, () => JSON.stringify(made.started));
  return made;
}

const tokens = () =>
  service.commandCalls(StartQueryExecutionCommand).map(({ args }) => args[0].input.ClientRequestToken);

describe('a query', () => {
  it('is repeated where Athena itself failed it and says that it may be', async () => {
    fates = [BROKEN, BROKEN, { State: 'SUCCEEDED' }];
    expect(await executions().run('insert', 'table')).toBe('2');
    expect(new Set(tokens()).size).toBe(3);
  });

  it('is not repeated without end', async () => {
    fates = Array(9).fill(BROKEN);
    await expect(executions().run('insert', 'table')).rejects.toMatchObject({
      code: 'query_failed',
      message: 'a node was lost',
      where: '2',
    });
    expect(tokens()).toHaveLength(3);
  });

  it.each([
    [WRONG, 'query_failed'],
    [{ State: 'CANCELLED', StateChangeReason: 'by ann' } as const, 'query_cancelled'],
    [{ State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' } as const, 'scan_limit_exceeded'],
  ])('is not repeated after %j', async (fate, code) => {
    fates = [fate];
    await expect(executions().run('insert', 'table')).rejects.toMatchObject({ code });
    expect(tokens()).toHaveLength(1);
  });

  it('goes on in the next call with the attempt that it had come to', async () => {
    fates = [BROKEN];
    await expect(executions().run('insert', 'table')).rejects.toBeInstanceOf(StillRunning);
    const started = JSON.parse(remembered.at(-1) ?? '');
    expect(Object.values(started)).toEqual(['0', '1']);
    fates[1] = { State: 'SUCCEEDED' };
    expect(await executions(started).run('insert', 'table')).toBe('1');
    expect(tokens()).toHaveLength(2);
  });

  it('is remembered before it is waited for, and stopped only while it runs', async () => {
    const made = executions();
    fates = [{ State: 'SUCCEEDED' }];
    await made.run('one');
    await expect(made.run('other')).rejects.toBeInstanceOf(StillRunning);
    expect(remembered.map((token) => Object.keys(JSON.parse(token)).length)).toEqual([1, 2]);
    await made.stop();
    const stopped = service.commandCalls(StopQueryExecutionCommand).map(({ args }) => args[0].input.QueryExecutionId);
    expect(stopped).toEqual(['1']);
  });
});
