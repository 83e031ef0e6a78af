import { KinesisClient, PutRecordsCommand, type PutRecordsCommandInput } from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { batches, type Position, putRecords, type StreamRecord } from '../../../cli/load/put-records.ts';

const kinesis = mockClient(KinesisClient);
const client = new KinesisClient({ region: 'us-east-1' });

const record = (name: string, bytes = 10): StreamRecord => ({ partitionKey: name, data: Buffer.alloc(bytes, name) });
const records = (count: number): StreamRecord[] => Array.from({ length: count }, (_, i) => record(`r${i}`));

/** A shard that takes what `refuses` lets through, numbered as it arrives. */
function givenStream(refuses: (call: number, key: string) => boolean): string[] {
  const taken: string[] = [];
  let call = 0;
  kinesis.on(PutRecordsCommand).callsFake((input: PutRecordsCommandInput) => {
    call++;
    return {
      Records: (input.Records ?? []).map(({ PartitionKey = '' }) => {
        if (refuses(call, PartitionKey)) return { ErrorCode: 'ProvisionedThroughputExceededException' };
        taken.push(PartitionKey);
        return { ShardId: 'shardId-0', SequenceNumber: String(taken.length) };
      }),
    };
  });
  return taken;
}

describe('putting records', () => {
  beforeEach(() => kinesis.reset());

  it('keeps the order over batches of at most 500', async () => {
    const taken = givenStream(() => false);
    await putRecords(records(1_200), { client, stream: 's' });
    expect(taken).toEqual(records(1_200).map(({ partitionKey }) => partitionKey));
    expect(kinesis.commandCalls(PutRecordsCommand).map(({ args }) => args[0].input.Records?.length)).toEqual([
      500, 500, 200,
    ]);
  });

  it('puts only the refused records again, before the next batch', async () => {
    const taken = givenStream((call, key) => call === 1 && (key === 'r1' || key === 'r3'));
    const positions: (readonly Position[])[] = [];
    await putRecords(records(501), {
      client,
      stream: 's',
      firstPauseMs: 0,
      onBatch: async (batch) => void positions.push(batch),
    });
    expect([...taken].sort()).toEqual(
      records(501)
        .map(({ partitionKey }) => partitionKey)
        .sort(),
    );
    expect(taken.slice(-3)).toEqual(['r1', 'r3', 'r500']);
    expect(positions.map((batch) => batch.length)).toEqual([500, 1]);
  });

  it('gives up on a stream that goes on refusing, and says how to go on', async () => {
    givenStream((_, key) => key === 'r7');
    await expect(putRecords(records(10), { client, stream: 'busy', firstPauseMs: 0 })).rejects.toMatchObject({
      code: 'stream_refused',
      where: 'busy',
      message: expect.stringContaining('1 records were refused 12 times: ProvisionedThroughputExceededException'),
    });
  });
});

describe('batches', () => {
  it('lose nothing, keep the order and respect the limits of a call', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, (bytes) => {
        const all = bytes.map((size, i) => record(String(i), size));
        const cut = [...batches(all)];
        expect(cut.flat()).toEqual(all);
        for (const batch of cut) {
          expect(batch.length).toBeLessThanOrEqual(500);
          const total = batch.reduce((sum, { data, partitionKey }) => sum + data.byteLength + partitionKey.length, 0);
          expect(total).toBeLessThanOrEqual(5 * 1024 * 1024);
        }
      }),
      { numRuns: 30 },
    );
  });
});
