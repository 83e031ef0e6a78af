import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { asError } from '../../common/errors.ts';
import { RUN_LOCK_KEY } from './constants.ts';

/** The execution that may run, of which there is one at a time. */
export interface LockHolder {
  readonly executionArn: string;
  readonly runId: string;
}

export interface RunLock {
  /** Who runs instead, or undefined when `mine` holds the lock now; `dead` names a holder whose lock may be taken. */
  acquire(mine: LockHolder, dead?: LockHolder): Promise<LockHolder | undefined>;
  /** Gives the lock free, if the execution holds it. */
  release(executionArn: string): Promise<void>;
}

/** The lock as one item of the state table. */
export const dynamoRunLock = (dynamo: DynamoDBDocumentClient, stateTable: string): RunLock => ({
  async acquire(mine, dead) {
    try {
      await dynamo.send(
        new PutCommand({
          TableName: stateTable,
          Item: { pk: RUN_LOCK_KEY, ...mine, since: new Date().toISOString() },
          ConditionExpression: 'attribute_not_exists(pk) or executionArn in (:mine, :dead)',
          ExpressionAttributeValues: { ':mine': mine.executionArn, ':dead': (dead ?? mine).executionArn },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asError(error);
      return { executionArn: error.Item?.executionArn?.S ?? '', runId: error.Item?.runId?.S ?? '' };
    }
  },

  async release(executionArn) {
    try {
      await dynamo.send(
        new DeleteCommand({
          TableName: stateTable,
          Key: { pk: RUN_LOCK_KEY },
          ConditionExpression: 'executionArn = :mine',
          ExpressionAttributeValues: { ':mine': executionArn },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asError(error);
    }
  },
});
