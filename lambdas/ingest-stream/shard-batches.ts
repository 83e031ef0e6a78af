import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { ShardBatch } from './ingest-stream.ts';
import type { StreamRecord } from './stream-intake.ts';

const streamRecord = ({ kinesis }: KinesisStreamRecord): StreamRecord => ({
  sequenceNumber: kinesis.sequenceNumber,
  arrivedAt: new Date(kinesis.approximateArrivalTimestamp * 1000),
  data: Buffer.from(kinesis.data, 'base64'),
});

/** The records of an event by shard; Lambda delivers one shard at a time, replays may mix them. */
export function shardBatches({ Records }: KinesisStreamEvent): readonly ShardBatch[] {
  const shards = Map.groupBy(Records, ({ eventSourceARN, eventID }) => `${eventSourceARN} ${eventID.split(':')[0]}`);
  return [...shards].map(([name, records]) => {
    const [arn = '', shard = ''] = name.split(' ');
    return { stream: arn.split('/').at(-1) ?? '', shard, records: records.map(streamRecord) };
  });
}
