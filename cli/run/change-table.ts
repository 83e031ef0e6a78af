import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { lambda } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { type BuildRecord, runIdOf, type TableChange } from '../../engine/run.ts';
import { functionName } from '../../infra/names.ts';

/** Has the function that builds tables change one. Throws what kept it from that. */
export async function executeChange(
  change: Pick<TableChange, 'action' | 'table' | 'to' | 'hold'>,
  client: Pick<LambdaClient, 'send'> = lambda(),
): Promise<BuildRecord> {
  const request: TableChange = { ...change, runId: runIdOf(randomUUID(), new Date()), by: userInfo().username };
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName('build-model'), Payload: JSON.stringify(request) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError !== undefined) {
    const message = String(Object(answer).errorMessage ?? FunctionError);
    throw new TributaryError({ code: 'change_failed', message, where: change.table, advice: 'its log says more' });
  }
  const record = answer as BuildRecord;
  if (record.error !== null) throw new TributaryError(record.error);
  return record;
}
