import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { lambda } from '../../common/aws.ts';
import { TributaryError } from '../../common/errors.ts';
import { type BuildRecord, runIdOf, type TableChange } from '../../engine/run.ts';
import { invokeBuildModel } from './invoke-build-model.ts';

/** Has the function that builds tables change one. Throws what kept it from that. */
export async function executeChange(
  change: Pick<TableChange, 'action' | 'table' | 'to' | 'hold'>,
  client: Pick<LambdaClient, 'send'> = lambda(),
): Promise<BuildRecord> {
  const request: TableChange = { ...change, runId: runIdOf(randomUUID(), new Date()), by: userInfo().username };
  const record = (await invokeBuildModel(request, client)) as BuildRecord;
  if (record.error !== null) throw new TributaryError(record.error);
  return record;
}
