import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { asError, TributaryError } from '../../common/errors.ts';
import type { ExtractionStates } from '../../events/extract/pull.ts';
import { type ExtractionState, INITIAL } from '../../events/extract/state.ts';

const pull = z.object({
  from: z.string().nullable(),
  startedAt: z.string(),
  position: z.unknown(),
  high: z.string().nullable(),
  hashes: z.array(z.string()),
  records: z.number(),
});

const stateSchema = z.object({
  revision: z.number(),
  watermark: z.string().nullable(),
  pulls: z.number(),
  pull: pull.nullable(),
  last: z.object({ from: z.string().nullable(), hashes: z.array(z.string()) }).nullable(),
});

/**
 * States of extractions as items of the state table. Each write counts up a revision and goes through only on the one
 * that was read or written before: of two invocations that think they are alone, one is stopped.
 */
export function dynamoExtractionStates(dynamo: DynamoDBDocumentClient, stateTable: string): ExtractionStates {
  const keyOf = (name: string) => `extraction#${name}`;
  const revisions = new Map<string, number>();
  return {
    async read(name) {
      const key = { pk: keyOf(name) };
      const { Item } = await dynamo.send(new GetCommand({ TableName: stateTable, Key: key, ConsistentRead: true }));
      if (Item === undefined) {
        revisions.set(name, 0);
        return INITIAL;
      }
      const { revision, ...state } = stateSchema.parse(Item);
      revisions.set(name, revision);
      return state satisfies ExtractionState;
    },

    async write(name, state) {
      const revision = revisions.get(name) ?? 0;
      try {
        await dynamo.send(
          new PutCommand({
            TableName: stateTable,
            Item: { pk: keyOf(name), ...state, revision: revision + 1 },
            ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
            ...(revision > 0 && { ExpressionAttributeValues: { ':revision': revision } }),
          }),
        );
      } catch (thrown) {
        if (!(thrown instanceof ConditionalCheckFailedException)) throw asError(thrown);
        throw new TributaryError({
          code: 'extraction_overtaken',
          message: 'another invocation has moved the watermark meanwhile',
          where: name,
          advice: 'Nothing is lost: what both have landed is deduplicated in silver.',
        });
      }
      revisions.set(name, revision + 1);
    },
  };
}
