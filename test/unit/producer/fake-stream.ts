import { setTimeout as sleep } from 'node:timers/promises';
import { KinesisClient, PutRecordsCommand, type PutRecordsCommandInput } from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import type { Random } from '../../fixtures/random.ts';

/** What happens to a request. `timeout`: it may have been taken, but nobody answers. */
export type Weather = 'fine' | 'throttled' | 'lost' | 'timeout' | 'broken';

export interface FakeStreamOptions {
  readonly random?: Random;
  readonly weather?: (request: number) => Weather;
  /** Whether a record is refused, when the weather is `throttled`. */
  readonly refuses?: (key: string, request: number) => boolean;
  /** How long an answer takes, at most. */
  readonly delayMs?: number;
}

/** A stream of one shard in memory, behind a real client; answers may come in another order than the requests. */
export function fakeStream({ random, weather = () => 'fine', refuses = () => false, delayMs = 0 }: FakeStreamOptions) {
  const mock = mockClient(KinesisClient);
  const taken: { key: string; text: string }[] = [];
  const requests: number[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  mock.on(PutRecordsCommand).callsFake(async (input: PutRecordsCommandInput) => {
    const { Records: records = [] } = input;
    const request = requests.push(records.length);
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    const state = weather(request);
    const results = records.map(({ PartitionKey: key = '', Data }) => {
      if (state === 'broken' || state === 'lost' || (state === 'throttled' && refuses(key, request))) {
        return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
      }
      taken.push({ key, text: Buffer.from(Data ?? []).toString() });
      return { ShardId: 'shardId-000000000000', SequenceNumber: String(taken.length) };
    });
    if (random && delayMs > 0) await sleep(random.between(0, delayMs));
    underWay--;
    if (state === 'lost' || state === 'timeout')
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    if (state === 'broken') throw Object.assign(new Error('no such stream'), { name: 'ResourceNotFoundException' });
    return { Records: results };
  });
  return {
    client: new KinesisClient({ region: 'us-east-1' }),
    /** What is in the stream, in its order. */
    taken,
    /** Records of each request. */
    requests,
    mostUnderWay: () => mostUnderWay,
    inputs: () => mock.commandCalls(PutRecordsCommand).map(({ args }) => args[0].input),
  };
}
