import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { asError } from '../../common/errors.ts';
import type { Leases } from '../../engine/build/index.ts';

const keyOf = (table: string): string => `lease#${table}`;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Leases of tables as items of the state table; DynamoDB forgets expired ones by `ttl`. */
export const dynamoLeases = (dynamo: DynamoDBDocumentClient, stateTable: string): Leases => ({
  async acquire(table, holder, seconds) {
    const now = nowSeconds();
    try {
      await dynamo.send(
        new PutCommand({
          TableName: stateTable,
          Item: { pk: keyOf(table), holder, ttl: now + seconds },
          // Items outlive their ttl by hours, so an expired lease is free although it is still there.
          ConditionExpression: 'attribute_not_exists(pk) or holder = :holder or #ttl < :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':holder': holder, ':now': now },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw asError(error);
      return { heldBy: error.Item?.holder?.S ?? 'another run' };
    }
  },

  async release(table, holder) {
    try {
      await dynamo.send(
        new DeleteCommand({
          TableName: stateTable,
          Key: { pk: keyOf(table) },
          ConditionExpression: 'holder = :holder',
          ExpressionAttributeValues: { ':holder': holder },
        }),
      );
    } catch (error) {
      // Gone already, or taken over by a run that took this one for dead.
      if (!(error instanceof ConditionalCheckFailedException)) throw asError(error);
    }
  },
});
