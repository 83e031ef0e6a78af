import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { runIdOf } from '../../engine/run.ts';

/** An execution of the parent state machine: one run. */
export interface RunExecution {
  readonly executionArn: string;
  readonly runId: string;
  readonly status: ExecutionStatus;
  readonly startedAt: Date;
  readonly stoppedAt: Date | undefined;
}

/** The latest executions of a state machine, the newest first. */
export async function latestExecutions(
  client: SFNClient,
  stateMachineArn: string,
  limit: number,
  statusFilter?: ExecutionStatus,
): Promise<readonly RunExecution[]> {
  const found: RunExecution[] = [];
  const request = { stateMachineArn, ...(statusFilter === undefined ? {} : { statusFilter }) };
  for await (const { executions = [] } of paginateListExecutions({ client }, request)) {
    for (const { executionArn = '', status = 'RUNNING', startDate = new Date(0), stopDate } of executions) {
      const runId = runIdOf(executionArn, startDate);
      found.push({ executionArn, runId, status, startedAt: startDate, stoppedAt: stopDate });
    }
    if (found.length >= limit) break;
  }
  return found.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime()).slice(0, limit);
}

/** What an execution was given, and what it gave. */
export async function describeExecution(
  client: SFNClient,
  executionArn: string,
): Promise<{ readonly input: Readonly<Record<string, unknown>>; readonly output: string | undefined }> {
  const { input, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { input: Object(JSON.parse(input ?? '{}')) as Readonly<Record<string, unknown>>, output };
}
