import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { asError, TributaryError } from '../../../common/errors.ts';
import { redriveDeadLetters } from '../../../events/replay/dead-letters.ts';
import { type FailedBatchPorts, replayFailedBatches } from '../../../events/replay/failed-batches.ts';
import { deliver, delivery, operations } from '../../fixtures/deliveries.ts';
import { FaultyIngestion } from '../../fixtures/faulty-ingestion.ts';
import { readParquetRows } from '../../fixtures/read-parquet.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The objects of the on-failure destination, over a function. */
function portsOver(failed: ReadonlyMap<string, string>, call: (payload: string) => Promise<unknown>) {
  const done = new Set<string>();
  const ports: FailedBatchPorts = {
    keys: async () => [...failed.keys()],
    read: async (key) => failed.get(key) ?? '',
    isDone: async (key) => done.has(key),
    markDone: async (key) => {
      done.add(key);
    },
    invoke: async (_functionArn, payload) => {
      try {
        await call(payload);
      } catch (thrown) {
        throw new TributaryError({ code: 'failed_again', message: asError(thrown).message });
      }
    },
  };
  return { ports, done };
}

const positionsIn = async (ingestion: FaultyIngestion, bucket: string): Promise<string[]> => {
  const objects = ingestion.keys(bucket).map((path) => ingestion.objects.get(path) ?? Buffer.alloc(0));
  const rows = (await Promise.all(objects.map(readParquetRows))).flat();
  return rows.map((row) => String(row._position ?? row.position));
};

describe('a replay of failed batches', () => {
  it('brings all records into bronze and quarantine, each position once, whatever had been stored of them', async () => {
    let batches = 0;
    await fc.assert(
      fc.asyncProperty(operations, delivery, async (steps, how) => {
        const ingestion = new FaultyIngestion({ ...how, faultRate: 0.4 });
        const settings = { ...how.settings, maximumRetryAttempts: 1 };
        const { stream, failed } = await deliver(steps, { ...how, settings }, ingestion);
        const { ports } = portsOver(failed, (payload) => ingestion.invoke(JSON.parse(payload)));
        // The second attempt finds the store in order.
        const first = await replayFailedBatches(ports, false);
        ingestion.faultRate = 0;
        const second = await replayFailedBatches(ports, false);
        expect(second.failedAgain).toEqual([]);
        expect(first.replayed.length + second.replayed.length).toBe(failed.size);
        const found = [...(await positionsIn(ingestion, 'bronze')), ...(await positionsIn(ingestion, 'quarantine'))];
        expect(new Set(found)).toEqual(new Set(stream.records.map(({ sequenceNumber }) => sequenceNumber)));
        batches += failed.size;
      }),
      { numRuns: 50 },
    );
    expect(batches).toBeGreaterThan(20);
  });

  const batchKey = (time: string): string => `aws/lambda/m/shardId-0/2026/11/21/${time}-id`;
  const batch = (payload: unknown): string =>
    JSON.stringify({
      requestContext: { functionArn: 'arn:fn', condition: 'RetryAttemptsExhausted' },
      KinesisBatchInfo: {
        shardId: 'shardId-0',
        batchSize: 1,
        streamArn: 'arn:aws:kinesis:r:1:stream/transaction-events',
      },
      payload,
    });

  it('goes by the time of the failures, and each batch is replayed once', async () => {
    const calls: string[] = [];
    const failed = new Map([
      [batchKey('2026-11-21T10.00.00'), batch('second')],
      [batchKey('2026-11-21T09.00.00'), batch('first')],
    ]);
    const { ports } = portsOver(failed, async (payload) => calls.push(payload));
    expect((await replayFailedBatches(ports, true)).replayed).toHaveLength(2);
    expect(calls).toEqual([]);
    expect((await replayFailedBatches(ports, false)).replayed).toMatchObject([
      { stream: 'transaction-events', shard: 'shardId-0', records: 1 },
      { stream: 'transaction-events' },
    ]);
    expect(await replayFailedBatches(ports, false)).toMatchObject({ replayed: [], before: 2 });
    expect(calls).toEqual(['first', 'second']);
  });

  it('says which batches fail again or are none, and goes on with the others', async () => {
    const failed = new Map([
      [batchKey('2026-11-21T08.00.00'), 'nonsense'],
      [batchKey('2026-11-21T09.00.00'), batch(undefined)],
      [batchKey('2026-11-21T10.00.00'), batch('bad')],
      [batchKey('2026-11-21T11.00.00'), batch('good')],
    ]);
    const { ports, done } = portsOver(failed, async (payload) => {
      if (payload === 'bad') throw new Error('out of order');
    });
    const outcome = await replayFailedBatches(ports, false);
    expect(outcome.failedAgain.map(({ key }) => key)).toEqual([...failed.keys()].slice(0, 3));
    expect([...done]).toEqual([batchKey('2026-11-21T11.00.00')]);
  });
});

describe('dead letters', () => {
  it('are all moved, each sent before it is removed', async () => {
    const queue = Array.from({ length: 23 }, (_, at) => ({ id: `m${at}`, body: `b${at}`, receipt: `r${at}` }));
    const log: string[] = [];
    const moved = await redriveDeadLetters({
      receive: async () => queue.slice(0, 10),
      send: async (body) => {
        log.push(`send ${body.slice(1)}`);
      },
      remove: async (receipt) => {
        log.push(`remove ${receipt.slice(1)}`);
        queue.splice(
          queue.findIndex((message) => message.receipt === receipt),
          1,
        );
      },
    });
    expect(moved).toHaveLength(23);
    expect(log).toEqual(Array.from({ length: 23 }, (_, at) => [`send ${at}`, `remove ${at}`]).flat());
  });

  it('end the move when only messages come that were moved already', async () => {
    const message = { id: 'm', body: 'b', receipt: 'r' };
    const moved = await redriveDeadLetters({
      receive: async () => [message],
      send: async () => {},
      remove: async () => {},
    });
    expect(moved).toEqual(['b']);
  });
});
