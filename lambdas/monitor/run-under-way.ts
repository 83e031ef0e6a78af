import type { SFNClient } from '@aws-sdk/client-sfn';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { RUN_LOCK_KEY } from '../shared/constants.ts';
import { isRunning } from '../shared/executions.ts';
import type { MonitorDeps } from './monitor.ts';

/** The run that holds the lock, unless it has died: then the next one takes the lock from it. */
export async function runUnderWay(
  dynamo: DynamoDBDocumentClient,
  stateTable: string,
  stepFunctions: SFNClient,
): ReturnType<MonitorDeps['run']> {
  const request = { TableName: stateTable, Key: { pk: RUN_LOCK_KEY }, ConsistentRead: true };
  const { Item: holder } = await dynamo.send(new GetCommand(request));
  if (holder === undefined || !(await isRunning(stepFunctions, String(holder.executionArn)))) return undefined;
  return { runId: String(holder.runId), since: new Date(String(holder.since)) };
}
