import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { ShardBatch } from './ingest-stream.ts';
import type { StreamRecord } from './stream-intake.ts';

const streamRecord = ({ kinesis }: KinesisStreamRecord): StreamRecord => ({
  sequenceNumber: kinesis.sequenceNumber,
  arrivedAt: new Date(kinesis.approximateArrivalTimestamp * 1000),
  data: Buffer.from(kinesis.data, 'base64'),
});

/**
 * The records of an event by shard and hour of arrival. Lambda delivers one shard at a time, replays may mix them. A record
 * thus lies in the partition of its own hour however batches are cut, and the ledger counts by the hour.
 */
export function shardBatches({ Records }: KinesisStreamEvent): readonly ShardBatch[] {
  const shards = Map.groupBy(Records, ({ eventSourceARN, eventID }) => `${eventSourceARN} ${eventID.split(':')[0]}`);
  return [...shards].flatMap(([name, records]) => {
    const [arn = '', shard = ''] = name.split(' ');
    const stream = arn.split('/').at(-1) ?? '';
    const hours = Map.groupBy(records.map(streamRecord), ({ arrivedAt }) => arrivedAt.toISOString().slice(0, 13));
    return [...hours.values()].map((some) => ({ stream, shard, records: some }));
  });
}
