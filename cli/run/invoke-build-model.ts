import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { TributaryError } from '../../common/errors.ts';
import type { StopBuilds } from '../../engine/build/index.ts';
import type { TableChange } from '../../engine/run.ts';
import { functionName } from '../../infra/names.ts';

/** Asks the function that builds tables, and gives its answer. Throws `change_failed`. */
export async function invokeBuildModel(
  request: TableChange | StopBuilds,
  client: Pick<LambdaClient, 'send'>,
): Promise<unknown> {
  const { Payload, FunctionError } = await client.send(
    new InvokeCommand({ FunctionName: functionName('build-model'), Payload: JSON.stringify(request) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError === undefined) return answer;
  throw new TributaryError({
    code: 'change_failed',
    message: String(Object(answer).errorMessage ?? FunctionError),
    where: request.action === 'stop' ? request.runIds.join(', ') : request.table,
    advice: 'its log says more',
  });
}
